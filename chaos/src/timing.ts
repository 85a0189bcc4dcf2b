/**
 * The times that a run plants and the settle window that follows from them, in milliseconds.
 *
 * The broker's settle window must be longer than the longest that a create can be under way after its browser is gone,
 * plus the longest that the platform's timeline lags behind (DESIGN §4, step 3). Here both are known, because the run
 * itself plants them: a create takes effect up to `LATE_ANSWER` after it was sent, and a post appears in lists up to
 * `TIMELINE_LAG` after it was created. `SLACK` is for a machine that is too busy to do either on time.
 *
 *     SETTLE_WINDOW = LATE_ANSWER + TIMELINE_LAG + SLACK = 3 s + 3 s + 6 s = 12 s
 *
 * Proxies slow only RabbitMQ, the gateway and the leases; browsers reach the site directly, so nothing else adds to it.
 */
export const LATE_ANSWER_MS = 3_000
export const TIMELINE_LAG_MS = 3_000
const SLACK_MS = 6_000
export const SETTLE_WINDOW_MS = LATE_ANSWER_MS + TIMELINE_LAG_MS + SLACK_MS

/** What the site says on a 429: the window ends so soon that the account's rest does not decide how long the run takes. */
export const RATE_LIMIT_MS = 5_000

/**
 * How far ahead posts are scheduled. The least is more than a console and RabbitMQ need to come back together, so that a
 * submission that has to be repeated is still of the future.
 */
export const SCHEDULE_AHEAD_MS = { least: 25_000, most: 45_000 } as const

/** When each live segment is measured, in seconds after it went live. One reading each: that is half of a run's work. */
export const CHECKS_SECONDS: readonly number[] = [15]
/** How often the account that answers looks for mentions. */
export const HARVEST_EVERY_SECONDS = 20

/**
 * A publishing lease lasts this long at most. A new ledger, as a run's is, takes a browser of one that was lost for alive
 * for so long, and waits with every post whose submission may be a repeat: that is a part of a run, and must not be all of it.
 */
export const LEASE_ACT_MS = 90_000

/** Leases at once, and browsers kept between them: so many that an account finds its own again, publishing and reading. */
export const SLOTS = 10

/** Posts that one poster has in hand. Those of a poster that dies, or loses RabbitMQ, leave so many requests without an asker. */
export const POSTER_PREFETCH = 8

/**
 * A reading is asked for again after this. One whose command could not be sent (RabbitMQ was away just after the check was
 * claimed) waits for so long, and must not decide how long a run takes.
 */
export const READING_CLAIM_SECONDS = 120

/** Mean time from one fault to the next, and what one post takes two cores: the longer decides how long work goes on. */
const FAULT_EVERY_MS = 5_000
const POST_EVERY_MS = 900

/** How long work is submitted and faults are planted. */
export const spanOf = (posts: number, faults: number): number =>
  Math.max(10_000, posts * POST_EVERY_MS, faults * FAULT_EVERY_MS)

/**
 * After the last post and the last fault something must come to an end within this, again and again until all is over: the
 * longest rung of a retry (10 min), a settle window for each of the three times that an action may be found absent, and
 * the work itself.
 */
export const QUIET_WITHIN_MS = 600_000 + 3 * SETTLE_WINDOW_MS + 60_000
