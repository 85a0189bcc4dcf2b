import { amqpVariables, asSecret, integer, milliseconds, secret, url } from '@surepost/shared/runtime'

/** What the persister needs to know; see README.md. */
export const configVariables = {
  ...amqpVariables,
  SUPABASE_URL: url('http', 'https'),
  SUPABASE_SERVICE_ROLE_KEY: secret(20),
  /** Posts due within this are dispatched ahead of time: an outage of the database shorter than it delays none. */
  LOOK_AHEAD_SECONDS: integer(0, 86_400).default(600),
  /**
   * A reading that was asked for, and of which nothing was heard for this long, is asked for again: its command was lost. One
   * that is there may wait 15 minutes for a rate limit.
   */
  READING_CLAIM_SECONDS: integer(10, 86_400).default(1_200),
  /** Facts that wait longer than this to be recorded raise the alert `record_queue:old`. */
  RECORD_QUEUE_OLD_MS: milliseconds(1_000, 86_400_000).default(60_000),
  /** More facts than this that wait, and more at each look, raise `record_queue:growing`. */
  RECORD_QUEUE_LONG: integer(1, 100_000_000).default(1_000),
  /** A live post that is not recorded after this raises `live:unrecorded`. */
  LIVE_UNRECORDED_MS: milliseconds(1_000, 86_400_000).default(60_000),
  /** How old what is due and not done may be before it is told of. */
  POSTS_OLD_SECONDS: integer(1, 86_400).default(900),
  CHECKS_OLD_SECONDS: integer(1, 86_400).default(1_800),
  ANSWERS_OLD_SECONDS: integer(1, 86_400).default(1_800),
  UNKNOWN_OLD_SECONDS: integer(1, 86_400).default(900),
  /** A job that is due for longer than this and has not run raises `job.late.<job>`. */
  JOB_GRACE_SECONDS: integer(1, 86_400).default(180),
  /** A Slack-compatible incoming webhook that alerts are sent to. */
  ALERT_WEBHOOK_URL: asSecret(url('http', 'https')).optional(),
  /** How often an account's page is compared with what is recorded, and how far back. */
  AUDIT_EVERY_SECONDS: integer(1, 2_592_000).default(21_600),
  AUDIT_WINDOW_SECONDS: integer(60, 2_592_000).default(172_800),
  /** How long audits look for the true id of a segment before a person is asked. */
  RECOVER_WITHIN_SECONDS: integer(1, 2_592_000).default(86_400),
  /** Facts in one transaction. */
  BATCH_MAX: integer(1, 5_000).default(500),
  /** The longest that a fact waits for others to share its transaction. */
  BATCH_LINGER_MS: milliseconds(0, 10_000).default(25),
}
