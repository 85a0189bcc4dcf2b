import {
  AccountId,
  PlatformId,
  contentHash,
  newId,
  newPostId,
  type ApprovedPost,
  type BeginAnswer,
  type PostContent,
} from '@surepost/shared/contracts'
import type { Lease } from '@surepost/shared/leases'
import type { Outcome } from '@surepost/shared/messaging'
import { createBreakers } from '@surepost/shared/runtime'
import type { PlatformAdapter, PlatformSession, Tried } from '@surepost/platforms'
import { publishPost, type PublishPorts } from '../../src/handlers/publish-post.ts'

export const NOW = new Date('2026-01-01T12:00:00.000Z')
export const inSeconds = (seconds: number): Date => new Date(NOW.getTime() + seconds * 1_000)
export const ID = PlatformId.parse('1981398750557065646')

export const approved = (content: Partial<PostContent> = {}): ApprovedPost => {
  const whole: PostContent = { segments: [{ text: 'Hello', media: [] }], ...content }
  return {
    postId: newPostId(),
    revision: 1,
    hash: contentHash(whole),
    account: AccountId.parse('ada'),
    platform: 'x',
    content: whole,
    notAfter: inSeconds(3_600).toISOString(),
  }
}

export const fresh: BeginAnswer = { answer: 'fresh', attempt: 1 }
export const unknown = (giveUpAt: Date): BeginAnswer => ({
  answer: 'unknown',
  attempt: 1,
  firstBegunAt: inSeconds(-60).toISOString(),
  settledAt: inSeconds(-1).toISOString(),
  taken: [],
  giveUpAt: giveUpAt.toISOString(),
})

/** What the poster's surroundings answer; what is left out works. */
export interface Script {
  readonly lease?: Partial<Lease>
  readonly session?: Partial<PlatformSession>
  readonly acquire?: PublishPorts['leases']['acquire']
  readonly media?: PublishPorts['media']['get']
  readonly breakers?: PublishPorts['breakers']
  /** Fails to emit facts of this type. */
  readonly emits?: (type: string) => Promise<void>
  readonly now?: () => Date
}

export interface Scripted {
  /** Types of what was emitted, in order. */
  readonly said: string[]
  /** Bodies of what was emitted. */
  readonly bodies: Record<string, unknown>[]
  /** What the ledger was asked and told, in order. */
  readonly told: string[]
  run(
    post: ApprovedPost,
    delivery?: { readonly lastAttempt?: boolean; readonly signal?: AbortSignal },
  ): Promise<Outcome>
}

/** The handler over ports that answer as a script says: for ways out that no real part takes on demand. */
export const scripted = (script: Script): Scripted => {
  const [said, bodies, told]: [string[], Record<string, unknown>[], string[]] = [[], [], []]
  const tell = (what: string) => async (): Promise<void> => void told.push(what)
  const lease = {
    granted: true,
    handle: 'ada',
    expiresAt: inSeconds(180),
    signal: new AbortController().signal,
    begin: async () => fresh,
    complete: tell('complete'),
    abort: tell('abort'),
    unknown: tell('unknown'),
    pauseAccount: tell('pause'),
    taint: () => void told.push('taint'),
    [Symbol.asyncDispose]: tell('release'),
    ...script.lease,
  } as unknown as Lease
  const session = {
    publishSegment: async () => ({
      outcome: 'created',
      platformId: ID,
      url: `https://x.com/ada/status/${ID}`,
      publishedAt: NOW,
    }),
    ...script.session,
  } as unknown as PlatformSession
  const route = publishPost({
    bus: {
      emit: async ({ type }, body) => {
        await script.emits?.(type)
        said.push(type)
        bodies.push(body as Record<string, unknown>)
      },
    },
    leases: { acquire: script.acquire ?? (async () => lease) },
    media: { get: script.media } as PublishPorts['media'],
    breakers: script.breakers ?? createBreakers<Tried>({ isFailure: ({ failed }) => failed }),
    platforms: { for: () => ({ open: () => session }) as unknown as PlatformAdapter },
    now: script.now ?? (() => NOW),
  })
  return {
    said,
    bodies,
    told,
    run: (body, { lastAttempt = false, signal = new AbortController().signal } = {}) => {
      const attempt = lastAttempt ? 5 : 1
      const id = newId()
      const delivery = {
        id,
        type: 'post.publish',
        body,
        attempt,
        lastAttempt,
        sentAt: NOW,
        correlationId: id,
        replyTo: undefined,
      }
      return route.run(delivery, { signal })
    },
  }
}
