import { defineConfig } from 'vitest/config'

const WORKSPACES = ['packages/*', 'services/*', 'chaos', 'chaos/simulation', 'bench', 'k8s', 'deploy']
const files = (kind: string): string[] => WORKSPACES.map((folder) => `${folder}/test/${kind}/**/*.test.ts`)

export default defineConfig({
  test: {
    reporters: ['default'],
    projects: [
      { test: { name: 'unit', include: files('unit'), testTimeout: 10_000, sequence: { groupOrder: 0 } } },
      {
        test: {
          name: 'integration',
          include: files('integration'),
          globalSetup: ['packages/testkit/src/global-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'e2e',
          include: files('e2e'),
          globalSetup: ['packages/testkit/src/global-setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
