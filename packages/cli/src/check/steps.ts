import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** One thing that `check` checks: a tool of the project, run in the project's folder. */
export interface CheckStep {
  readonly name: string
  /** The tool's own script below node_modules, run on our Node. */
  readonly script: string
  readonly args: readonly string[]
  /** A reason to fail although the tool was content. */
  readonly doubt?: (output: string) => string | undefined
}

const SOURCES = ['packages', 'services', 'bench', 'chaos', 'k8s'] as const

// The cruiser passes when it cannot read the sources: it then saw none.
const sawModules = (output: string): string | undefined => {
  const seen = Number(/\((\d+) modules?,/.exec(output)?.[1] ?? 0)
  return seen > 20 ? undefined : `it looked at ${seen} modules, so it cannot read the sources`
}

/** Everything that `check` runs, in the order of the table. */
export const checkSteps = (root: string): readonly CheckStep[] => [
  { name: 'format (oxfmt)', script: '.bin/oxfmt', args: ['--check', '.'] },
  { name: 'lint (oxlint)', script: '.bin/oxlint', args: ['--type-aware', '--deny-warnings', '.'] },
  { name: 'types (tsc)', script: 'tsc7/bin/tsc', args: ['-p', '.'] },
  { name: 'types of the page', script: 'tsc7/bin/tsc', args: ['-p', 'services/console/tsconfig.page.json'] },
  {
    name: 'import rules (dependency-cruiser)',
    script: '.bin/depcruise',
    args: ['--config', '.dependency-cruiser.cjs', ...SOURCES.filter((folder) => existsSync(join(root, folder)))],
    doubt: sawModules,
  },
  { name: 'dead code (knip)', script: '.bin/knip', args: [] },
  { name: 'unit tests (vitest)', script: 'vitest/vitest.mjs', args: ['run', '--project', 'unit'] },
]
