import { expect, test } from 'vitest'
import { z } from 'zod'
import { operations } from '../../src/api/index.ts'
import { NOTES } from '../../src/api/notes.ts'
import { openApi } from '../../src/api/openapi.ts'
import { PROBLEMS } from '../../src/http/problems.ts'
import type { Ports } from '../../src/ports.ts'

// Described, never run: they need nothing to stand on.
const all = operations({} as Ports)

/** OpenAPI 3.1.0, as far as clients that are made from a document depend on it. */
const Response = z.union([
  z.strictObject({ $ref: z.string().startsWith('#/components/responses/') }),
  z.strictObject({
    description: z.string().min(1),
    headers: z.record(z.string(), z.unknown()).optional(),
    content: z.record(z.string().regex(/^[*\w-]+\/[*\w.+-]+$/u), z.looseObject({})).optional(),
  }),
])
const Parameter = z.strictObject({
  name: z.string().min(1),
  in: z.enum(['path', 'query', 'header']),
  required: z.boolean(),
  description: z.string().optional(),
  schema: z.looseObject({}),
  example: z.unknown().optional(),
})
const Operation = z.strictObject({
  operationId: z.string().regex(/^[a-z]\w+$/u),
  tags: z.array(z.string().min(1)).length(1),
  summary: z.string().min(1),
  description: z.string().optional(),
  parameters: z.array(Parameter).default([]),
  requestBody: z.strictObject({ required: z.boolean(), content: z.record(z.string(), z.looseObject({})) }).optional(),
  responses: z.record(z.string().regex(/^([1-5]\d\d|default)$/u), Response),
})
const Document = z.strictObject({
  openapi: z.literal('3.1.0'),
  info: z.looseObject({ title: z.string(), version: z.string() }),
  servers: z.array(z.looseObject({ url: z.string() })),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  paths: z.record(
    z.string().startsWith('/v1/'),
    z.partialRecord(z.enum(['get', 'post', 'put', 'patch', 'delete']), Operation),
  ),
  components: z.looseObject({
    securitySchemes: z.record(z.string(), z.looseObject({ type: z.string() })),
    responses: z.record(z.string(), Response),
    schemas: z.record(z.string(), z.looseObject({})),
  }),
})
const raw = openApi(all)
const document = Document.parse(raw)
const described = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
)

test('the document has the structure of OpenAPI 3.1, and every operation in it', () => {
  const paths = all.map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/gu, '{$1}')}`)
  expect(described.map(({ method, path }) => `${method} ${path}`).toSorted()).toEqual(
    [...paths, 'get /v1/events'].toSorted(),
  )
})

test('operations have ids of their own, and answer well in some way', () => {
  const ids = described.map(({ operation }) => operation.operationId)
  expect(new Set(ids).size).toBe(ids.length)
  for (const { operation } of described)
    expect(Object.keys(operation.responses).some((status) => status.startsWith('2'))).toBe(true)
})

test('every placeholder of a path is a parameter that is required, and none is lacking', () => {
  for (const { path, operation } of described) {
    const placeholders = [...path.matchAll(/\{(\w+)\}/gu)].map(([, name]) => name)
    const declared = operation.parameters.filter((parameter) => parameter.in === 'path')
    expect([path, declared.map(({ name }) => name)]).toEqual([path, placeholders])
    expect(declared.every(({ required }) => required)).toBe(true)
  }
})

const refsIn = (value: unknown): readonly string[] => {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '$ref' && typeof inner === 'string' && inner.startsWith('#/components/') ? [inner] : refsIn(inner),
  )
}

test('what it refers to is there', () => {
  const refs = new Set(refsIn(raw))
  expect(refs.size).toBeGreaterThan(5)
  for (const ref of refs) {
    const found = ref
      .split('/')
      .slice(1)
      .reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], raw)
    expect([ref, found]).toEqual([ref, expect.any(Object)])
  }
})

test('every kind of problem is in it, with an example for what is usual', () => {
  const text = JSON.stringify(document.components)
  for (const kind of Object.keys(PROBLEMS)) expect(text).toContain(`urn:surepost:problem:${kind}`)
  expect(document.security).toEqual([{ apiKey: [] }])
  expect(document.components.securitySchemes['apiKey']).toMatchObject({ type: 'http', scheme: 'bearer' })
})

test.each(Object.keys(NOTES))('the example of %s is one that it takes', (key) => {
  const operation = all.find(({ method, path }) => `${method} ${path}` === key)
  expect(operation?.body?.safeParse(NOTES[key]?.body)).toMatchObject({ success: true })
})
