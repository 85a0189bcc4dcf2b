import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { PROJECT_ROOT, ensurePromtool } from '@surepost/stack'
import { temporaryFolder } from '@surepost/testkit'
import { describe, expect, it } from 'vitest'
import { prometheusRules, ruleName } from '../../src/alerts/index.ts'
import { ALERTS } from '../../src/contracts/index.ts'

const FILE = join(PROJECT_ROOT, 'deploy/prometheus/rules.yml')
const run = promisify(execFile)
const promtool = await ensurePromtool()

/** A series and its values each minute, ten of them: those that make a rule fire, and those that do not. */
interface Sample {
  readonly series: string
  readonly bad: string
  readonly good: string
}
const positive = (series: string): Sample => ({ series, bad: '1x10', good: '0x10' })
const above = (series: string, limit: number): Sample => ({ series, bad: `${limit + 1}x10`, good: `${limit}x10` })
const due = (work: string, limit: number): Sample => above(`surepost_due_oldest_seconds{work="${work}"}`, limit)
const standing = (name: string): Sample => positive(`surepost_alerts_active{alert="${name}"}`)

const SAMPLES: Readonly<Record<keyof typeof ALERTS, Sample>> = {
  databaseAway: above('surepost_record_outage_seconds', 10),
  recordQueueOld: above('surepost_record_queue_age_seconds', 60),
  recordQueueGrowing: { series: 'surepost_record_queue_messages', bad: '2000+100x10', good: '5000-100x10' },
  liveUnrecorded: positive('surepost_live_unrecorded'),
  deadLetters: positive('surepost_dead_letters{queue="poster.publish.0"}'),
  unroutable: { series: 'surepost_messages_unroutable_total{type="post.publish"}', bad: '0+1x10', good: '7x10' },
  rabbitmqBlocked: positive('surepost_rabbitmq_blocked'),
  rabbitmqAway: positive('surepost_rabbitmq_away{service="poster"}'),
  limitsClosed: above('surepost_broker_silent_seconds{shard="0"}', 30),
  platformAway: positive('surepost_platform_away{service="browser-broker"}'),
  poolPressure: above('surepost_lease_oldest_wait_seconds{service="browser-broker"}', 120),
  browserLeak: positive('surepost_browsers_unaccounted{service="browser-broker"}'),
  accountPaused: positive('surepost_account_paused{account="ada"}'),
  accountUnlabelled: standing('account-unlabelled'),
  killSwitch: standing('kill-switch'),
  postingOff: due('held posts', 900),
  duePosts: due('posts', 900),
  dueChecks: due('checks', 1_800),
  dueAnswers: due('answers', 1_800),
  unknownLong: due('unknown outcomes', 900),
  needsPerson: standing('needs-person'),
  segmentConflict: standing('segment-conflict'),
  ledgerConflict: standing('ledger-conflict'),
  idRecovery: standing('id-recovery'),
  jobFailing: above('surepost_job_consecutive_failures{job="persister.checks",account=""}', 2),
  jobLate: positive('surepost_job_late_seconds{job="persister.checks"}'),
  modelQuota: positive('surepost_model_resting{category="quota"}'),
  modelKey: positive('surepost_model_resting{category="authentication"}'),
  modelBudget: positive('surepost_model_resting{category="budget"}'),
  breakerOpen: { series: 'surepost_breaker_state{service="poster",breaker="x"}', bad: '2x10', good: '1x10' },
  webhookFailing: above('surepost_alert_delivery_failures', 2),
}

/** Labels of a series that its rule keeps. */
const keptLabels = (expr: string, series: string): readonly string[] => {
  const by = / by \(([^)]*)\)/.exec(expr)?.[1]?.split(', ') ?? []
  return [...series.matchAll(/(\w+)="([^"]*)"/g)].flatMap(([, name = '', value = '']) =>
    by.includes(name) && value !== '' ? [`${name}: ${JSON.stringify(value)}`] : [],
  )
}

/** A file of tests for promtool: the rule of this kind fires on the bad values, and on the good ones none of it does. */
const testsOf = ({ series, bad, good }: Sample, kind: (typeof ALERTS)[keyof typeof ALERTS]): string => {
  const labels = [`severity: ${kind.severity}`, ...keptLabels(kind.rule.expr, series)]
  const annotations = { summary: kind.when, description: kind.todo, runbook: `docs/RUNBOOK.md#${kind.name}` }
  const fires = JSON.stringify([{ exp_labels: '<labels>', exp_annotations: annotations }]).replace(
    '"<labels>"',
    `{${labels.join(', ')}}`,
  )
  return [
    [bad, fires],
    [good, '[]'],
  ]
    .map(
      ([values, expected]) => `  - interval: 1m
    input_series: [{ series: ${JSON.stringify(series)}, values: ${JSON.stringify(values)} }]
    alert_rule_test: [{ eval_time: 8m, alertname: ${ruleName(kind.name)}, exp_alerts: ${expected} }]
`,
    )
    .join('')
}

describe('the rules of Prometheus', () => {
  it('are those of the catalogue', async () => {
    await expect(prometheusRules()).toMatchFileSnapshot(FILE)
  })

  it.skipIf('missing' in promtool)(
    `each fire on their condition and on nothing less${'missing' in promtool ? ` (skipped: there is no promtool, ${promtool.missing})` : ''}`,
    async () => {
      const path = 'path' in promtool ? promtool.path : ''
      const tests = Object.entries(ALERTS).map(([name, kind]) => testsOf(SAMPLES[name as keyof typeof ALERTS], kind))
      const file = join(temporaryFolder(), 'rules.test.yml')
      await writeFile(file, `rule_files: [${JSON.stringify(FILE)}]\nevaluation_interval: 1m\ntests:\n${tests.join('')}`)
      await run(path, ['check', 'rules', FILE])
      const { stdout } = await run(path, ['test', 'rules', file])
      expect(stdout).toContain('SUCCESS')
    },
  )
})
