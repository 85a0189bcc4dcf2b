import type { z } from 'zod'

/** Who calls, and what a handler may know of the call beside its checked input. */
export interface Call {
  /** Stable name of the API key: part of the ids that derive from an Idempotency-Key. */
  readonly client: string
  /** Aborted when the client has gone or the time for answering is over. */
  readonly signal: AbortSignal
  header(name: string): string | undefined
}

interface Answer {
  readonly status: number
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'

/** How the body of a request is read. */
type BodyKind = 'none' | 'json' | 'bytes'

/** One operation of the API as its file declares it; routes and the OpenAPI document are made from these. */
export interface OperationSpec<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> {
  readonly method: Method
  /** As express writes it: `/v1/posts/:id`. */
  readonly path: string
  readonly summary: string
  /** What a client should know beyond the schema. */
  readonly description?: string
  readonly params?: P
  readonly query?: Q
  /** A body that may be left out has a schema that takes `undefined`. */
  readonly body?: B
  /** `json` when there is a body schema, unless said otherwise. */
  readonly bodyKind?: BodyKind
  /** Largest body, in bytes; 256 KiB unless said otherwise. */
  readonly limit?: number
  /** Milliseconds in which it must answer; 15 s unless said otherwise. */
  readonly timeoutMs?: number
  /** The good answers by status. */
  readonly answers: Readonly<Record<number, z.ZodType>>
  run(
    input: { readonly params: z.output<P>; readonly query: z.output<Q>; readonly body: z.output<B> },
    call: Call,
  ): Promise<Answer>
}

/** An operation whose input types only its own file needs to know. */
export interface Operation {
  readonly method: Method
  readonly path: string
  readonly summary: string
  readonly description: string | undefined
  readonly params: z.ZodType | undefined
  readonly query: z.ZodType | undefined
  readonly body: z.ZodType | undefined
  readonly bodyKind: BodyKind
  readonly limit: number
  readonly timeoutMs: number
  readonly answers: Readonly<Record<number, z.ZodType>>
  run(input: { readonly params: unknown; readonly query: unknown; readonly body: unknown }, call: Call): Promise<Answer>
}

const DEFAULT_LIMIT = 256 * 1024
const DEFAULT_TIMEOUT_MS = 15_000

/** Declares one operation. What `run` receives has passed the schemas. */
export const operation = <P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>(
  spec: OperationSpec<P, Q, B>,
): Operation => ({
  description: undefined,
  params: undefined,
  query: undefined,
  body: undefined,
  bodyKind: spec.body === undefined ? 'none' : 'json',
  limit: DEFAULT_LIMIT,
  timeoutMs: DEFAULT_TIMEOUT_MS,
  ...spec,
  // The router passes only what these very schemas put out (mount.ts).
  run: (input, call) => spec.run(input as Parameters<typeof spec.run>[0], call),
})
