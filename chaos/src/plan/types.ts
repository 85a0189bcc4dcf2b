/** One part of a post: one create on the site. */
export interface PlannedSegment {
  readonly text: string
  readonly image: boolean
}

/** A post that is submitted through the API. */
export interface PlannedPost {
  readonly kind: 'post'
  /** Number in the plan, from 1; part of every text, so that each text is said once. */
  readonly n: number
  /** When it is submitted, in milliseconds after the start. */
  readonly at: number
  readonly account: string
  readonly segments: readonly PlannedSegment[]
  /** The bot's post that it answers; `gone` when that one is deleted before. */
  readonly replyTo: { readonly bot: string; readonly text: string; readonly gone: boolean } | null
  readonly scheduledInMs: number | null
  /** How long after its submission its cancel is asked for. */
  readonly cancelAfterMs: number | null
  /** What the site is to refuse it for: then it must end `failed`, and never be live. */
  readonly refusal: 'too_long' | 'parent_gone' | null
}

/** Somebody on the site who writes to one of our accounts: exactly one answer must follow. */
export interface PlannedMention {
  readonly kind: 'mention'
  readonly n: number
  readonly at: number
  readonly account: string
  readonly bot: string
  readonly text: string
}

export type PlannedWork = PlannedPost | PlannedMention

/** What a plan must know of a kind of fault; the catalog adds how it is done. */
export interface KindOfFault {
  readonly kind: string
  /** What it can strike, each once before any twice; empty where there is only one thing. */
  readonly targets: readonly string[]
  /** How long it lasts, in milliseconds; it is healed then. */
  readonly holdMs: { readonly least: number; readonly most: number }
  /** Faults of one group are planted one after the other. */
  readonly group: string
  /** Each target is a group of its own. */
  readonly groupPerTarget: boolean
  /** True for what strikes a create by its nature; the others wait for an action in flight. */
  readonly strikesCreates: boolean
}

export interface PlannedFault {
  readonly n: number
  readonly at: number
  readonly kind: string
  readonly target: string | null
  readonly group: string
  readonly holdMs: number
  /** Whether it is to wait for an action in flight. */
  readonly inFlight: boolean
}

export interface PlannedAccount {
  readonly id: string
  readonly handle: string
  /** Looks for mentions and answers them. */
  readonly answers: boolean
}

export interface Plan {
  readonly seed: number
  /** Milliseconds over which posts are submitted and faults planted. */
  readonly spanMs: number
  readonly accounts: readonly PlannedAccount[]
  readonly work: readonly PlannedWork[]
  readonly faults: readonly PlannedFault[]
}
