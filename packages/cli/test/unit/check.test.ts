import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '@surepost/testkit'
import { runStep } from '../../src/check/run-step.ts'
import { checkSteps } from '../../src/check/steps.ts'

const project = (script: string): string => {
  const root = temporaryFolder()
  mkdirSync(join(root, 'node_modules'))
  writeFileSync(join(root, 'node_modules', 'tool.js'), script)
  return root
}

const run = (script: string, doubt?: (output: string) => string | undefined) =>
  runStep(
    { name: 'a tool', script: 'tool.js', args: [], ...(doubt ? { doubt } : {}) },
    project(script),
    new AbortController().signal,
  )

const saw = (modules: number): string =>
  `console.log("✔ no dependency violations found (${modules} modules, 9 dependencies cruised)")`

test('a tool that exits with 0 has passed, one that does not has failed with its output', async () => {
  expect(await run('console.log("fine")')).toMatchObject({ ok: true, output: 'fine' })
  expect(await run('console.error("line 3 is wrong"); process.exit(1)')).toMatchObject({
    ok: false,
    output: 'line 3 is wrong',
  })
})

test('the import rules fail when the cruiser saw no modules', async () => {
  const doubt = checkSteps('/').find(({ name }) => name.startsWith('import rules'))?.doubt
  expect(await run(saw(0), doubt)).toMatchObject({
    ok: false,
    output: expect.stringContaining('it looked at 0 modules'),
  })
  expect(await run(saw(250), doubt)).toMatchObject({ ok: true })
})
