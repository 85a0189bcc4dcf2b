import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { PROJECT_ROOT } from '@surepost/stack'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

/** A file that must not be, by the rule that must refuse it. */
const FORBIDDEN: readonly (readonly [rule: string, file: string, source: string])[] = [
  ['one-database-module', 'services/poster/src/shortcut.ts', `import '@supabase/supabase-js'`],
  [
    'one-database-module',
    'packages/shared/src/runtime/shortcut.ts',
    `import { createClient } from '@supabase/supabase-js'\ncreateClient`,
  ],
  ['one-database-module', 'services/persister/test/unit/shortcut.ts', `await import('@supabase/supabase-js')`],
  [
    'one-database-module',
    'services/console/src/client-types.ts',
    `import type { SupabaseClient } from '@supabase/supabase-js'\nexport type Client = SupabaseClient`,
  ],
  [
    'database-client-stays-inside',
    'services/persister/src/inside.ts',
    `import '../../../packages/shared/src/database/client.ts'`,
  ],
  ['database-client-stays-inside', 'packages/shared/src/runtime/inside.ts', `import '../database/client.ts'`],
  ['no-second-way-to-the-database', 'services/persister/src/jobs/sql.ts', `import 'pg'`],
  ['one-messaging-module', 'services/poster/src/queue.ts', `import 'amqplib'`],
  [
    'only-the-broker-launches-browsers',
    'services/scraper/src/browser.ts',
    `import { chromium } from 'playwright'\nchromium`,
  ],
  ['services-are-islands', 'services/poster/src/neighbour.ts', `import '../../scraper/src/fine.ts'`],
  ['packages-know-no-service', 'packages/shared/src/up.ts', `import '../../../services/scraper/src/fine.ts'`],
  ['testkit-is-for-tests', 'services/poster/src/tested.ts', `import '../../../packages/testkit/src/index.ts'`],
  ['contracts-are-pure', 'packages/shared/src/contracts/impure.ts', `import '../runtime/fine.ts'`],
  ['tests-stay-outside', 'services/poster/src/fixture.ts', `import '../test/unit/fine.ts'`],
]
/** Files that use the same things where they may be used. */
const ALLOWED: readonly (readonly [file: string, source: string])[] = [
  ['packages/shared/src/database/client.ts', `import '@supabase/supabase-js'`],
  ['packages/shared/src/database/calls.ts', `import './client.ts'`],
  ['services/persister/src/migrations/run.ts', `import 'pg'`],
  ['packages/shared/src/messaging/connection.ts', `import 'amqplib'`],
  ['services/browser-broker/src/launch.ts', `import { chromium } from 'playwright'\nchromium`],
  ['services/poster/src/page.ts', `import type { Page } from 'playwright'\nexport type P = Page`],
  ['services/poster/test/unit/fine.ts', `import '../../../../packages/testkit/src/index.ts'`],
  ['packages/testkit/src/index.ts', ''],
  ['packages/shared/src/runtime/fine.ts', ''],
  ['services/scraper/src/fine.ts', ''],
]

interface Violation {
  readonly from: string
  readonly rule: { readonly name: string }
}

let violations: readonly Violation[] = []
const project = mkdtempSync(join(tmpdir(), 'surepost-imports-'))
afterAll(() => rmSync(project, { recursive: true, force: true }))

// One run over a small project with the rules of this one: what the tool says of each planted file.
beforeAll(() => {
  for (const name of ['node_modules', 'tsconfig.json', '.dependency-cruiser.cjs'])
    symlinkSync(join(PROJECT_ROOT, name), join(project, name))
  for (const [file, source] of [...FORBIDDEN.map(([, ...planted]) => planted), ...ALLOWED]) {
    mkdirSync(dirname(join(project, file)), { recursive: true })
    writeFileSync(join(project, file), `${source}\nexport {}\n`)
  }
  const script = join(PROJECT_ROOT, 'node_modules/.bin/depcruise')
  const args = [script, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'packages', 'services']
  const { stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: project,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  if (stdout === '') throw new Error(`The cruiser said nothing: ${stderr}`)
  violations = (JSON.parse(stdout) as { summary: { violations: Violation[] } }).summary.violations
}, 60_000)

describe('the import rules', () => {
  it.each(FORBIDDEN)('%s refuses %s', (rule, file) => {
    expect(violations.filter(({ from }) => from === file).map((found) => found.rule.name)).toContain(rule)
  })

  it.each(ALLOWED)('let %s be', (file) => {
    expect(violations.filter(({ from }) => from === file)).toEqual([])
  })
})
