import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PROJECT_ROOT } from '@surepost/stack'
import type { Command } from 'commander'
import { EXIT, exitHelp } from '../exit-codes.ts'

/** `surepost docs`: the documents of the API and of the messages, made from the sources. */
export const docsCommand = (program: Command, done: (code: number) => void): void => {
  program
    .command('docs')
    .description('write docs/openapi.yaml and docs/asyncapi.yaml from the schemas in the sources')
    .option('--check', 'write nothing; say which of them is out of date')
    .addHelpText('after', exitHelp({ done: 'written, or up to date', failed: '--check found one that is out of date' }))
    .action(async ({ check = false }: { readonly check?: boolean }) => {
      const { documents } = await import('../docs/documents.ts')
      let stale = 0
      for (const { path, yaml } of await documents()) {
        const file = join(PROJECT_ROOT, path)
        const was = await readFile(file, 'utf8').catch(() => '')
        if (was !== yaml) stale += 1
        if (!check) await writeFile(file, yaml)
        process.stderr.write(
          `${path} ${was === yaml ? 'is up to date' : check ? 'is out of date: run "surepost docs"' : 'is written'}\n`,
        )
      }
      done(check && stale > 0 ? EXIT.failed : EXIT.done)
    })
}
