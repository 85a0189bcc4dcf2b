import type { DeferCategory, Mention } from '@surepost/shared/contracts'
import type { Fault } from './faults.ts'

/** What a request to a model spends, or can spend at most. */
export interface Spent {
  readonly tokens: number
  /** Millionths of a dollar. */
  readonly costMicros: number
}

/** The book of what is spent. An entry is durable before the model is asked: what nobody closed counts whole. */
export interface SpendingBook {
  open(request: string, model: string, most: Spent): Promise<void>
  close(request: string, model: string, spent: Spent): Promise<void>
}

export interface DraftRequest {
  /** How the account speaks, in its operator's words. */
  readonly voice: string
  readonly handle: string
  readonly mention: Mention
  /** What is wrong with a draft, or null. */
  readonly check: (text: string) => Fault | null
  readonly book: SpendingBook
  readonly signal: AbortSignal
}

/**
 * How drafting ended: a text that passed every check; no answer, with the reason; or not now.
 * `until` is the provider's own word where it gave one.
 */
export type DraftEnd =
  | { readonly kind: 'draft'; readonly text: string; readonly drafter: string }
  | { readonly kind: 'none'; readonly reason: string; readonly failed: boolean; readonly drafter: string }
  | { readonly kind: 'wait'; readonly category: DeferCategory; readonly detail: string; readonly until: Date | null }

/** Writes answers. */
export interface Drafter {
  draft(request: DraftRequest): Promise<DraftEnd>
  /** The most that drafting this one answer can spend. */
  most(request: Pick<DraftRequest, 'voice' | 'handle' | 'mention'>): Spent
}
