import { z } from 'zod'
import type { Operation } from '../http/operation.ts'
import { PROBLEMS } from '../http/problems.ts'
import { notesOf } from './notes.ts'

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

const headersOf = (operation: Operation): Json[] =>
  notesOf(operation).headers.map(({ name, description, example }) => ({
    name,
    in: 'header',
    required: false,
    description,
    schema: { type: 'string' },
    example,
  }))

const bodyOf = (operation: Operation): Json => {
  if (operation.body === undefined) return {}
  const { body: example } = notesOf(operation)
  const content =
    operation.bodyKind === 'bytes'
      ? { 'application/octet-stream': {} }
      : {
          'application/json': {
            schema: schemaOf(operation.body, 'input'),
            ...(example === undefined ? {} : { example }),
          },
        }
  return { requestBody: { required: !operation.body.safeParse(undefined).success, content } }
}

/** An image, or anything else that is no JSON, is bytes. */
const isBytes = (schema: z.ZodType): boolean =>
  schema.safeParse(Buffer.from('')).success && !schema.safeParse({}).success

const goodAnswer = (operation: Operation, schema: z.ZodType): Json => {
  if (schema.safeParse(undefined).success) return { description: 'Done.' }
  const content = isBytes(schema) ? { '*/*': {} } : { 'application/json': { schema: schemaOf(schema, 'output') } }
  return { description: operation.summary, content }
}

const ref = (name: string): Json => ({ $ref: `#/components/responses/${name}` })

/** What may go wrong beside the good answers; which of them say what is under `components`. */
const answersOf = (operation: Operation): Json => {
  const good = Object.entries(operation.answers).map(([status, schema]) => [status, goodAnswer(operation, schema)])
  const takes = operation.params ?? operation.query ?? operation.body
  return {
    ...Object.fromEntries(good),
    401: ref('Unauthorized'),
    ...(operation.params === undefined ? {} : { 404: ref('NotFound') }),
    ...(operation.method === 'get' ? {} : { 409: ref('Conflict') }),
    ...(takes === undefined ? {} : { 422: ref('Invalid') }),
    503: ref('Unavailable'),
    default: ref('Problem'),
  }
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

/** The answers that are problems, by name: the kinds that they may be, and one of them in full. */
const RESPONSES = {
  Unauthorized: {
    kinds: ['unauthorized'],
    detail: 'Send the API key as Authorization: Bearer <key>, or sign in on the page.',
  },
  NotFound: { kinds: ['not-found'], detail: 'There is no account "eve". GET /v1/accounts lists those that there are.' },
  Conflict: {
    kinds: ['conflict', 'same-text', 'idempotency-conflict'],
    detail: 'It is too late to edit post 0193b0c8-0000-7000-8000-000000000001: its publishing has begun.',
  },
  Invalid: { kinds: ['invalid'], detail: 'segments.0.text: segment 1 is empty; give it a text or an image' },
  Unavailable: { kinds: ['unavailable'], detail: 'No browser-broker answers. Ask again in a moment.' },
} as const satisfies Record<string, { readonly kinds: readonly (keyof typeof PROBLEMS)[]; readonly detail: string }>

const problemAnswer = (kinds: readonly (keyof typeof PROBLEMS)[], detail: string | undefined): Json => {
  const [first] = kinds
  const example =
    first === undefined || detail === undefined
      ? {}
      : {
          example: {
            type: `urn:surepost:problem:${first}`,
            title: PROBLEMS[first][1],
            status: PROBLEMS[first][0],
            detail,
          },
        }
  return {
    description: kinds.map((kind) => `\`${kind}\`: ${PROBLEMS[kind][1]}`).join('; '),
    ...(kinds.includes('unavailable')
      ? { headers: { 'Retry-After': { description: 'Seconds after which to ask again', schema: { type: 'integer' } } } }
      : {}),
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' }, ...example } },
  }
}

const KINDS = Object.keys(PROBLEMS) as (keyof typeof PROBLEMS)[]

const COMPONENTS: Json = {
  securitySchemes: {
    apiKey: {
      type: 'http',
      scheme: 'bearer',
      description: 'The console’s API_KEY. The page of the console uses a cookie of its own instead.',
    },
  },
  schemas: { Problem: PROBLEM },
  responses: {
    ...Object.fromEntries(
      Object.entries(RESPONSES).map(([name, { kinds, detail }]) => [name, problemAnswer(kinds, detail)]),
    ),
    Problem: problemAnswer(KINDS, undefined),
  },
}

const EVENTS: Json = {
  get: {
    operationId: 'watchEvents',
    tags: ['events'],
    summary: 'Facts as they happen: ids and states, as server-sent events named "fact"',
    description: 'Nothing is kept for who was not there: read the lists again when the stream opens.',
    responses: {
      200: {
        description: 'A stream that stays open.',
        content: { 'text/event-stream': { schema: { type: 'string' } } },
      },
      401: ref('Unauthorized'),
      503: ref('Unavailable'),
      default: ref('Problem'),
    },
  },
}

const word = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** `post /v1/posts/:id/approve` is `postPostsByIdApprove`: the same for as long as method and path are. */
const operationIdOf = ({ method, path }: Operation): string =>
  method +
  path
    .split(/[/-]/u)
    .slice(2)
    .map((part) => (part.startsWith(':') ? `By${word(part.slice(1))}` : word(part)))
    .join('')

const DESCRIPTION = `Publishes, records and measures social posts: live once, recorded always, measured without gaps.

Every operation needs the API key. Errors are problem+json (RFC 9457): \`detail\` says what was wrong and what to do, \`errors\`
lists {path, message}. What is answered with 503, or not at all, may be asked again; a submission with the same
\`Idempotency-Key\` stays one post.`

/** The OpenAPI 3.1 document of the operations, made from their schemas. */
export const openApi = (operations: readonly Operation[]): Json => {
  const paths: Record<string, Record<string, Json>> = {}
  for (const operation of operations) {
    const path = operation.path.replaceAll(/:(\w+)/g, '{$1}')
    const methods = (paths[path] ??= {})
    methods[operation.method] = {
      operationId: operationIdOf(operation),
      tags: [operation.path.split('/')[2] ?? ''],
      summary: operation.summary,
      ...(operation.description === undefined ? {} : { description: operation.description }),
      parameters: [
        ...parametersOf(operation.params, 'path'),
        ...parametersOf(operation.query, 'query'),
        ...headersOf(operation),
      ],
      ...bodyOf(operation),
      responses: answersOf(operation),
    }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Surepost', version: '1', description: DESCRIPTION, license: { name: 'MIT', identifier: 'MIT' } },
    servers: [{ url: '/', description: 'the console that serves this' }],
    security: [{ apiKey: [] }],
    paths: { ...paths, '/v1/events': EVENTS },
    components: COMPONENTS,
  }
}
