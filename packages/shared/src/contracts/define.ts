import type { z } from 'zod'

/** The delays that a retried or snoozed message may wait in, shortest first. Fixed: one queue each, never a per-message TTL. */
export const RUNGS = {
  '1s': 1_000,
  '5s': 5_000,
  '30s': 30_000,
  '2min': 120_000,
  '10min': 600_000,
  '1h': 3_600_000,
} as const
export type Rung = keyof typeof RUNGS
/** Rungs are kept apart by domain, so that one blocked target does not hold up the other's dead-lettering. */
export type Domain = 'commands' | 'facts'

/** A request to do something once, sent to one queue. */
export interface CommandContract<Type extends string = string, Body extends z.ZodType = z.ZodType> {
  readonly kind: 'command'
  readonly type: Type
  readonly version: number
  readonly queue: string
  /** Sharded commands have one queue per broker shard: `<queue>.<shard>`. */
  readonly sharded: boolean
  readonly body: Body
  /** One attempt per rung after the first; when they run out the message goes to `<queue>.dead`. */
  readonly retry: { readonly rungs: readonly Rung[] }
  /** Bodies of the previous version are lifted to this one before they are parsed. */
  readonly upgrade: ((previous: unknown) => unknown) | undefined
}

/** An immutable statement that something happened, published to `surepost.facts` under its type. */
export interface FactContract<Type extends string = string, Body extends z.ZodType = z.ZodType> {
  readonly kind: 'fact'
  readonly type: Type
  readonly version: number
  readonly body: Body
  /** Recorded facts reach the database and the journal; the others are for live views only. */
  readonly recorded: boolean
  readonly upgrade: ((previous: unknown) => unknown) | undefined
}

/**
 * The last word about something, kept in a queue of one place for whoever starts next: a newer one takes the place of the
 * one before.
 */
export interface ValueContract<Type extends string = string, Body extends z.ZodType = z.ZodType> {
  readonly kind: 'value'
  readonly type: Type
  readonly version: number
  readonly queue: string
  readonly sharded: boolean
  readonly body: Body
  readonly upgrade: ((previous: unknown) => unknown) | undefined
}

export type Contract = CommandContract | FactContract | ValueContract
export type BodyOf<C extends Contract> = z.output<C['body']>
/** What may be given to send: defaults may be left out. */
export type InputOf<C extends Contract> = z.input<C['body']>

export const defineCommand = <Type extends string, Body extends z.ZodType>(
  contract: Pick<CommandContract<Type, Body>, 'type' | 'version' | 'queue' | 'body' | 'retry'> &
    Partial<Pick<CommandContract<Type, Body>, 'sharded' | 'upgrade'>>,
): CommandContract<Type, Body> => ({ sharded: false, upgrade: undefined, ...contract, kind: 'command' })

export const defineFact = <Type extends string, Body extends z.ZodType>(
  contract: Pick<FactContract<Type, Body>, 'type' | 'version' | 'body'> &
    Partial<Pick<FactContract<Type, Body>, 'recorded' | 'upgrade'>>,
): FactContract<Type, Body> => ({ recorded: true, upgrade: undefined, ...contract, kind: 'fact' })

export const defineValue = <Type extends string, Body extends z.ZodType>(
  contract: Pick<ValueContract<Type, Body>, 'type' | 'version' | 'queue' | 'body'> &
    Partial<Pick<ValueContract<Type, Body>, 'sharded' | 'upgrade'>>,
): ValueContract<Type, Body> => ({ sharded: false, upgrade: undefined, ...contract, kind: 'value' })

/** The name of the queue that holds a command or a value for one shard. */
export const queueName = (
  contract: Pick<CommandContract | ValueContract, 'sharded' | 'queue'>,
  shard: number,
): string => (contract.sharded ? `${contract.queue}.${shard}` : contract.queue)
