import { z } from 'zod'
import type { Operation } from '../http/operation.ts'
import { PROBLEMS } from '../http/problems.ts'

type Json = Readonly<Record<string, unknown>>

const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): unknown =>
  z.toJSONSchema(schema, { io, target: 'draft-2020-12', unrepresentable: 'any', cycles: 'ref' })

/** The properties of an object schema, as parameters of a path or a query. */
const parametersOf = (schema: z.ZodType | undefined, where: 'path' | 'query'): Json[] => {
  if (!(schema instanceof z.ZodObject)) return []
  return Object.entries<z.ZodType>(schema.shape).map(([name, inner]) => ({
    name,
    in: where,
    required: where === 'path',
    schema: schemaOf(inner, 'input'),
  }))
}

const bodyOf = (operation: Operation): Json => {
  if (operation.body === undefined) return {}
  const content =
    operation.bodyKind === 'bytes'
      ? { 'application/octet-stream': {} }
      : { 'application/json': { schema: schemaOf(operation.body, 'input') } }
  return { requestBody: { required: !operation.body.safeParse(undefined).success, content } }
}

const answersOf = (operation: Operation): Json => {
  const good = Object.entries(operation.answers).map(([status, schema]) => [
    status,
    status === '204'
      ? { description: 'Done.' }
      : { description: operation.summary, content: { 'application/json': { schema: schemaOf(schema, 'output') } } },
  ])
  return { ...Object.fromEntries(good), default: { $ref: '#/components/responses/Problem' } }
}

const PROBLEM: Json = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail'],
  properties: {
    type: { type: 'string', enum: Object.keys(PROBLEMS).map((kind) => `urn:surepost:problem:${kind}`) },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    errors: {
      type: 'array',
      items: { type: 'object', properties: { path: { type: 'string' }, message: { type: 'string' } } },
    },
  },
}

/** The OpenAPI 3.1 document of the operations, made from their schemas. */
export const openApi = (operations: readonly Operation[]): Json => {
  const paths: Record<string, Record<string, Json>> = {}
  for (const operation of operations) {
    const path = operation.path.replaceAll(/:(\w+)/g, '{$1}')
    const methods = (paths[path] ??= {})
    methods[operation.method] = {
      summary: operation.summary,
      ...(operation.description === undefined ? {} : { description: operation.description }),
      parameters: [...parametersOf(operation.params, 'path'), ...parametersOf(operation.query, 'query')],
      ...bodyOf(operation),
      responses: answersOf(operation),
    }
  }
  const problem = { description: 'RFC 9457', content: { 'application/problem+json': { schema: PROBLEM } } }
  return {
    openapi: '3.1.0',
    info: { title: 'Surepost', version: '1', description: 'Publishes, records and measures social posts.' },
    security: [{ apiKey: [] }],
    paths,
    components: { securitySchemes: { apiKey: { type: 'http', scheme: 'bearer' } }, responses: { Problem: problem } },
  }
}
