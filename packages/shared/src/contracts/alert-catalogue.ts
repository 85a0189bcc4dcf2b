/** One condition that people are told of. All that is said of it anywhere follows from here. */
export interface AlertKind {
  /** Its name, and its heading in docs/RUNBOOK.md. */
  readonly name: string
  /** The key of its facts, or what comes before the subject in them. */
  readonly key: string
  readonly severity: 'info' | 'warning' | 'critical'
  /** When it is raised, in words. */
  readonly when: string
  /** What to do: the end of its sentence. */
  readonly todo: string
  /** The same condition for Prometheus. `for`: how long it must last, where the figure does not say that itself. */
  readonly rule: { readonly expr: string; readonly for?: string }
  /**
   * Told to the webhook by the process that sees it and not by way of RabbitMQ, which takes no facts while it lasts.
   */
  readonly direct?: true
  /** Never told to the webhook: it is about the webhook. */
  readonly untold?: true
}

/** Kinds of which only the record knows how many stand. */
const standing = (name: string): string => `max(surepost_alerts_active{alert="${name}"}) > 0`

/** Every alert there is. Facts, sentences, the links to the runbook and the rules of Prometheus are made from this. */
export const ALERTS = {
  databaseAway: {
    name: 'database-away',
    key: 'database:away',
    severity: 'critical',
    when: 'Facts could not be recorded for 10 s: the database cannot be used.',
    todo: 'Nothing is lost: facts wait in their queue. Bring it back; the persister goes on by itself.',
    rule: { expr: 'max(surepost_record_outage_seconds) > 10' },
  },
  recordQueueOld: {
    name: 'record-queue-old',
    key: 'record_queue:old',
    severity: 'warning',
    when: 'Facts waited longer than RECORD_QUEUE_OLD_MS (60 s) to be recorded.',
    todo: 'Nothing is lost. If the database is up and this lasts, start more persisters.',
    rule: { expr: 'max(surepost_record_queue_age_seconds) > 60' },
  },
  recordQueueGrowing: {
    name: 'record-queue-growing',
    key: 'record_queue:growing',
    severity: 'warning',
    when: 'More than RECORD_QUEUE_LONG (1000) facts wait to be recorded, and more at each of four looks.',
    todo: 'More is said than is recorded. If the database is up, start more persisters or give it a faster disk.',
    rule: { expr: 'max(surepost_record_queue_messages) > 1000 and max(delta(surepost_record_queue_messages[5m])) > 0' },
  },
  liveUnrecorded: {
    name: 'live-unrecorded',
    key: 'live:unrecorded',
    severity: 'critical',
    when: 'A post that is live has not been recorded LIVE_UNRECORDED_MS (60 s) after that was said.',
    todo: 'It is in a durable queue and is recorded as soon as the database takes it: look why it does not.',
    rule: { expr: 'max(surepost_live_unrecorded) > 0' },
  },
  deadLetters: {
    name: 'dead-letters',
    key: 'dead-letters:',
    severity: 'critical',
    when: 'A queue has messages that could not be handled.',
    todo: 'Look at them with "surepost dead", then replay or discard them.',
    rule: { expr: 'max by (queue) (surepost_dead_letters) > 0' },
  },
  unroutable: {
    name: 'unroutable',
    key: 'unroutable:',
    severity: 'critical',
    when: 'A message found no queue: the topology has a hole.',
    todo: 'The hole is mended by itself and the sender tries again; if this stands, look who deletes queues or bindings.',
    rule: { expr: 'sum by (type) (increase(surepost_messages_unroutable_total[5m])) > 0' },
  },
  rabbitmqBlocked: {
    name: 'rabbitmq-blocked',
    key: 'rabbitmq:blocked',
    severity: 'critical',
    when: 'RabbitMQ takes no messages for 5 s because of an alarm (memory or disk).',
    todo: 'Nothing new is accepted or published meanwhile. Free memory or disk there; all goes on by itself.',
    rule: { expr: 'max(surepost_rabbitmq_blocked) > 0', for: '5s' },
    direct: true,
  },
  rabbitmqAway: {
    name: 'rabbitmq-away',
    key: 'rabbitmq:away',
    severity: 'critical',
    when: 'There is no connection to RabbitMQ for 10 s.',
    todo: 'Nothing new is accepted meanwhile; ledgers keep what happened. Bring it back; all goes on by itself.',
    rule: { expr: 'max by (service) (surepost_rabbitmq_away) > 0', for: '10s' },
    direct: true,
  },
  limitsClosed: {
    name: 'limits-closed',
    key: 'limits:closed.',
    severity: 'critical',
    when: 'A browser-broker has said nothing for 30 s: without its ledger no budget can be verified, so nothing goes out.',
    todo: 'Its accounts wait and nothing is lost. Look whether the browser-broker of that shard is up and ready.',
    rule: { expr: 'max by (shard) (surepost_broker_silent_seconds) > 30' },
  },
  poolPressure: {
    name: 'pool-pressure',
    key: 'pool:pressure.',
    severity: 'warning',
    when: 'Somebody has waited for a browser longer than POOL_WAIT_OLD_MS (120 s).',
    todo: 'Waiting loses nothing. If this lasts, give the browser-broker more slots or memory, or read less often.',
    rule: { expr: 'max by (service) (surepost_lease_oldest_wait_seconds) > 120' },
  },
  browserLeak: {
    name: 'browser-leak',
    key: 'browsers:leak.',
    severity: 'critical',
    when: 'There are browser processes for 10 s that no lease and no idle place accounts for.',
    todo: 'Look at the processes of that browser-broker; a restart of it sweeps them away and loses nothing.',
    rule: { expr: 'max by (service) (surepost_browsers_unaccounted) > 0' },
  },
  accountPaused: {
    name: 'account-paused',
    key: 'account.paused.',
    severity: 'critical',
    when: 'The platform wants a person for an account: a challenge, an expired session, a suspension.',
    todo: 'Look at the account, give a new session and resume it.',
    rule: { expr: 'max by (account) (surepost_account_paused) > 0' },
  },
  killSwitch: {
    name: 'kill-switch',
    key: 'kill_switch',
    severity: 'critical',
    when: 'Somebody has put the kill switch on.',
    todo: 'Nothing is published until it is released.',
    rule: { expr: standing('kill-switch') },
  },
  postingOff: {
    name: 'posting-off',
    key: 'posting:off',
    severity: 'warning',
    when: 'Posts are due for POSTS_OLD_SECONDS (15 min) and held back by a pause or by the kill switch.',
    todo: 'Resume the account or release the kill switch, or cancel them; too late they are missed.',
    rule: { expr: 'max(surepost_due_oldest_seconds{work="held posts"}) > 900' },
  },
  duePosts: {
    name: 'due-posts',
    key: 'due:posts',
    severity: 'warning',
    when: 'Posts are due for POSTS_OLD_SECONDS (15 min) and not live, though nothing holds them back.',
    todo: 'Look at the pool, the breakers and the budgets of their accounts; budgets space what an outage left.',
    rule: { expr: 'max(surepost_due_oldest_seconds{work="posts"}) > 900' },
  },
  dueChecks: {
    name: 'due-checks',
    key: 'due:checks',
    severity: 'warning',
    when: 'Readings are due for CHECKS_OLD_SECONDS (30 min) and not done.',
    todo: 'Look at the pool, the breakers and the scraper; what is not read by its deadline is missed, with its reason.',
    rule: { expr: 'max(surepost_due_oldest_seconds{work="checks"}) > 1800' },
  },
  dueAnswers: {
    name: 'due-answers',
    key: 'due:answers',
    severity: 'warning',
    when: 'Mentions wait for a decision for ANSWERS_OLD_SECONDS (30 min).',
    todo: 'Look at the replier and at the alerts about its model.',
    rule: { expr: 'max(surepost_due_oldest_seconds{work="answers"}) > 1800' },
  },
  unknownLong: {
    name: 'unknown-long',
    key: 'outcomes:unknown',
    severity: 'warning',
    when: 'The outcome of a create is unknown for UNKNOWN_OLD_SECONDS (15 min).',
    todo: 'The platform is asked again and again, and nothing is created meanwhile; look whether its pages can be read.',
    rule: { expr: 'max(surepost_due_oldest_seconds{work="unknown outcomes"}) > 900' },
  },
  needsPerson: {
    name: 'needs-person',
    key: 'post.needs_attention.',
    severity: 'critical',
    when: 'The platform could not tell in time whether a post is live. Repeated every hour.',
    todo: "Look at the account's own timeline, then say what is there: POST /v1/posts/<id>/segments/<n>/settle.",
    rule: { expr: standing('needs-person') },
  },
  segmentConflict: {
    name: 'segment-conflict',
    key: 'segment-conflict:',
    severity: 'critical',
    when: 'Two ids of the platform are claimed for one segment.',
    todo: 'Look at them on the platform and delete the one that should not be there.',
    rule: { expr: standing('segment-conflict') },
  },
  ledgerConflict: {
    name: 'ledger-conflict',
    key: 'ledger.conflict.',
    severity: 'critical',
    when: 'A fact speaks against what a ledger knows.',
    todo: 'Look at the account’s timeline which of the two is true.',
    rule: { expr: standing('ledger-conflict') },
  },
  idRecovery: {
    name: 'id-recovery',
    key: 'id-recovery:',
    severity: 'warning',
    when: 'The recorded id of a segment is another post’s, and no audit found the true one in time.',
    todo: 'Look at the account’s timeline and say which id is the true one.',
    rule: { expr: standing('id-recovery') },
  },
  jobFailing: {
    name: 'job-failing',
    key: 'job.failing.',
    severity: 'warning',
    when: 'A job failed three times in a row.',
    todo: 'It goes on trying; its runs and their reasons are in job_runs.',
    rule: { expr: 'max by (job, account) (surepost_job_consecutive_failures) >= 3' },
  },
  jobLate: {
    name: 'job-late',
    key: 'job.late.',
    severity: 'critical',
    when: 'A job has not run though it is due for longer than JOB_GRACE_SECONDS (180 s). Nobody runs it in its place.',
    todo: 'Look whether a persister is up, and in job_locks who holds it: a holder that hangs loses it when it expires.',
    rule: { expr: 'max by (job) (surepost_job_late_seconds) > 0' },
  },
  modelQuota: {
    name: 'model-quota',
    key: 'replier.quota',
    severity: 'warning',
    when: 'The quota of the model is used up.',
    todo: 'Answers wait and cost no attempt until it resets; raise the quota if that is too late.',
    rule: { expr: 'max(surepost_model_resting{category="quota"}) > 0' },
  },
  modelKey: {
    name: 'model-key',
    key: 'replier.authentication',
    severity: 'critical',
    when: 'The key for the model is not accepted.',
    todo: 'Give the replier a key that is (LLM_API_KEY); answers wait.',
    rule: { expr: 'max(surepost_model_resting{category="authentication"}) > 0' },
  },
  modelBudget: {
    name: 'model-budget',
    key: 'replier.budget',
    severity: 'warning',
    when: "The day's budget of tokens or money for the model is spent: it fails closed.",
    todo: 'Answers wait until the next UTC day; raise LLM_TOKENS_PER_DAY or LLM_COST_PER_DAY if that is too late.',
    rule: { expr: 'max(surepost_model_resting{category="budget"}) > 0' },
  },
  breakerOpen: {
    name: 'breaker-open',
    key: 'breaker.',
    severity: 'critical',
    when: 'Something failed ten times in a row: a dependency, a platform, or one account on it.',
    todo: 'Work for it waits, and it is probed by itself; look whether it is up and the account can use it.',
    rule: { expr: 'max by (service, breaker) (surepost_breaker_state) == 2' },
  },
  webhookFailing: {
    name: 'webhook-failing',
    key: 'alerts:undelivered',
    severity: 'warning',
    when: 'Alerts could not be delivered to the webhook three times in a row.',
    todo: 'They are tried again for a day and stand here; look whether ALERT_WEBHOOK_URL is right and answers.',
    rule: { expr: 'max(surepost_alert_delivery_failures) >= 3' },
    untold: true,
  },
} as const satisfies Readonly<Record<string, AlertKind>>

export const ALERT_KINDS: readonly AlertKind[] = Object.values(ALERTS)

/** The kind of the alert with this key: the one with the longest beginning of it. */
export const alertKindOf = (key: string): AlertKind | undefined =>
  ALERT_KINDS.filter((kind) => key.startsWith(kind.key)).toSorted((a, b) => b.key.length - a.key.length)[0]

export const runbookOf = ({ name }: AlertKind): string => `docs/RUNBOOK.md#${name}`
