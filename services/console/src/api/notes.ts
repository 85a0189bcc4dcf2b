import type { Operation } from '../http/operation.ts'

/** What the document says of an operation beside its schemas. */
export interface Notes {
  /** A body that the operation takes (a test sees to that). */
  readonly body?: unknown
  readonly headers: readonly { readonly name: string; readonly description: string; readonly example: string }[]
}

const HASH = 'a3f1c2d4e5f60718293a4b5c6d7e8f90a3f1c2d4e5f60718293a4b5c6d7e8f90'

const body = (example: unknown): Notes => ({ body: example, headers: [] })

/** Keyed as the operations declare themselves. */
export const NOTES: Readonly<Record<string, Notes>> = {
  'post /v1/posts': {
    body: {
      account: 'ada',
      segments: [{ text: 'Hello from Surepost' }, { text: 'A thread is more than one segment.' }],
      scheduledAt: null,
      approval: 'auto',
    },
    headers: [
      {
        name: 'Idempotency-Key',
        description:
          'However often a submission is sent under one key, it is one post. 1 to 200 visible ASCII characters.',
        example: 'monday-hello',
      },
    ],
  },
  'patch /v1/posts/:id': body({ hash: HASH, segments: [{ text: 'A better text' }] }),
  'post /v1/posts/:id/approve': body({ hash: HASH }),
  'post /v1/posts/:id/cancel': body({ reason: 'the figures were wrong' }),
  'post /v1/posts/:id/reject': body({ reason: 'not our tone' }),
  'put /v1/accounts/:id': body({
    platform: 'x',
    handle: 'ada_builds',
    budgets: {
      post: { perHour: 10, perDay: 50, minGapSeconds: 60 },
      reply: { perHour: 10, perDay: 40, minGapSeconds: 60 },
    },
  }),
  'put /v1/accounts/:id/session': body({ cookies: [], origins: [] }),
  'post /v1/accounts/:id/pause': body({ reason: 'campaign over', until: '2026-12-01T09:00:00Z' }),
  'post /v1/kill-switch': body({ reason: 'wrong figures went out' }),
  'post /v1/dead/:queue/replay': body({ all: true }),
  'post /v1/dead/:queue/discard': body({ id: '0193b0c8-0000-7000-8000-000000000001' }),
}

export const notesOf = ({ method, path }: Pick<Operation, 'method' | 'path'>): Notes =>
  NOTES[`${method} ${path}`] ?? { headers: [] }
