import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { COMMANDS, FACTS, VALUES } from '@surepost/shared/contracts'
import { PROJECT_ROOT } from '@surepost/stack'
import { expect, test } from 'vitest'
import { asyncApi } from '../../src/docs/asyncapi.ts'
import { documents } from '../../src/docs/documents.ts'

test(
  'docs/openapi.yaml and docs/asyncapi.yaml are what the sources say; "./surepost docs" writes them',
  { timeout: 60_000 },
  async () => {
    for (const { path, yaml } of await documents()) {
      const written = await readFile(join(PROJECT_ROOT, path), 'utf8')
      // Not their whole text in the output of a test that fails.
      expect([path, written === yaml ? 'up to date' : 'out of date']).toEqual([path, 'up to date'])
    }
  },
)

const refsIn = (value: unknown): readonly string[] => {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '$ref' && typeof inner === 'string' && /^#\/(channels|components)\//u.test(inner) ? [inner] : refsIn(inner),
  )
}

test('every message of the catalog is in the AsyncAPI document, and what it refers to is there', () => {
  const document = asyncApi() as { components: { messages: object } }
  expect(Object.keys(document.components.messages).toSorted()).toEqual(
    [...FACTS, ...COMMANDS, ...VALUES].map(({ type }) => type.replaceAll('.', '-')).toSorted(),
  )
  for (const ref of new Set(refsIn(document))) {
    const found = ref
      .split('/')
      .slice(1)
      .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], document)
    expect([ref, found]).toEqual([ref, expect.any(Object)])
  }
})
