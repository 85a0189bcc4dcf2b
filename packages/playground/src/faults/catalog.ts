import { z } from 'zod'

/** Where in the site's work a fault strikes. */
export type Moment = 'create' | 'page' | 'list' | 'delete' | 'upload'

/** What a fault does there; `handlers` in `http/` act on it. */
export type Effect =
  /** X's `errors[]` with this code instead of doing it. */
  | { readonly does: 'refuse'; readonly code: number }
  | { readonly does: 'too_many' }
  /** HTTP 503 with "something went wrong", before or after doing it. */
  | { readonly does: 'fail'; readonly when: 'before' | 'after' }
  /** The answer breaks off after its headers, before or after doing it: the browser has nothing to try again. */
  | { readonly does: 'cut'; readonly when: 'before' | 'after' }
  /**
   * The connection is reset without an answer, before or after doing it. Chromium sends a request again by itself when
   * a connection that was used before is reset before any header (net/http, `ShouldResendRequest`), POST included.
   */
  | { readonly does: 'reset'; readonly when: 'before' | 'after' }
  | { readonly does: 'wait' }
  /** The answer is held back by `delayMs` after doing it. */
  | { readonly does: 'hold' }
  /** Posts younger than `delayMs` are not in lists yet. */
  | { readonly does: 'lag' }
  /** Another page stands where the wanted one should. */
  | {
      readonly does: 'show'
      readonly page: 'home' | 'went_wrong' | 'signed_out' | 'challenge' | 'consent' | 'age_gate' | 'suspended' | 'blank'
    }

/** Every fault that can be asked for. A new one is a new line. */
export const FAULTS = {
  error_before_create: { at: ['create'], effect: { does: 'fail', when: 'before' } },
  error_after_create: { at: ['create'], effect: { does: 'fail', when: 'after' } },
  drop_request: { at: ['create'], effect: { does: 'cut', when: 'before' } },
  drop_response_after_create: { at: ['create'], effect: { does: 'cut', when: 'after' } },
  reset_before_create: { at: ['create'], effect: { does: 'reset', when: 'before' } },
  reset_after_create: { at: ['create'], effect: { does: 'reset', when: 'after' } },
  delay: { at: ['create'], effect: { does: 'wait' } },
  late_answer: { at: ['create'], effect: { does: 'hold' } },
  rate_limit: { at: ['create'], effect: { does: 'too_many' } },
  duplicate: { at: ['create'], effect: { does: 'refuse', code: 187 } },
  automation: { at: ['create'], effect: { does: 'refuse', code: 226 } },
  daily_limit: { at: ['create'], effect: { does: 'refuse', code: 344 } },
  too_long: { at: ['create'], effect: { does: 'refuse', code: 186 } },
  suspended: { at: ['create'], effect: { does: 'refuse', code: 64 } },
  locked: { at: ['create'], effect: { does: 'refuse', code: 326 } },
  upload_error: { at: ['upload'], effect: { does: 'fail', when: 'before' } },
  delete_error: { at: ['delete'], effect: { does: 'fail', when: 'before' } },
  drop_response_after_delete: { at: ['delete'], effect: { does: 'cut', when: 'after' } },
  slow_page: { at: ['page'], effect: { does: 'wait' } },
  page_rate_limit: { at: ['page'], effect: { does: 'too_many' } },
  page_cut: { at: ['page'], effect: { does: 'cut', when: 'before' } },
  page_error: { at: ['page'], effect: { does: 'show', page: 'went_wrong' } },
  no_dialog: { at: ['page'], effect: { does: 'show', page: 'home' } },
  blank_page: { at: ['page'], effect: { does: 'show', page: 'blank' } },
  signed_out: { at: ['page'], effect: { does: 'show', page: 'signed_out' } },
  challenge: { at: ['page'], effect: { does: 'show', page: 'challenge' } },
  consent: { at: ['page'], effect: { does: 'show', page: 'consent' } },
  age_gate: { at: ['page'], effect: { does: 'show', page: 'age_gate' } },
  suspended_page: { at: ['page'], effect: { does: 'show', page: 'suspended' } },
  timeline_lag: { at: ['list'], effect: { does: 'lag' } },
  list_rate_limit: { at: ['list'], effect: { does: 'too_many' } },
  slow_list: { at: ['list'], effect: { does: 'wait' } },
  list_error: { at: ['list'], effect: { does: 'fail', when: 'before' } },
} as const satisfies Record<string, { readonly at: readonly Moment[]; readonly effect: Effect }>

export type FaultKind = keyof typeof FAULTS

/** What is asked for: which fault, how often, and for whom or what only. */
export const FaultRequest = z.strictObject({
  kind: z.enum(Object.keys(FAULTS) as [FaultKind, ...FaultKind[]]),
  /** How many times it strikes; for ever when left out. */
  count: z.int().positive().optional(),
  /** Only for this account (the one that acts or looks). */
  handle: z.string().optional(),
  /** Only where the path of the page contains this, or the text of the post. */
  matching: z.string().optional(),
  /** For `delay`, `late_answer`, `slow_page` and `timeline_lag`, in milliseconds. */
  delayMs: z.int().nonnegative().optional(),
  /** Chance of striking each time, 0 to 1; 1 when left out. */
  probability: z.number().min(0).max(1).optional(),
})
export type FaultRequest = z.infer<typeof FaultRequest>
