import { parseArgs } from 'node:util'
import { runSchedule } from './schedule.ts'
import { variantOf } from './variants/catalog.ts'

const { values } = parseArgs({
  options: {
    schedules: { type: 'string', default: '20000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    explain: { type: 'boolean', default: false },
    variant: { type: 'string', default: 'production' },
  },
})
Error.stackTraceLimit = 0
const write = (line: string): void => void process.stdout.write(`${line}\n`)
const variant = variantOf(values.variant)
if (values.seed !== undefined) {
  const verdict = await runSchedule(Number(values.seed), variant, values.explain ? write : undefined)
  write(JSON.stringify(verdict))
} else {
  const t = performance.now()
  let steps = 0,
    creates = 0,
    bad = 0,
    first = 0
  const n = Number(values.schedules),
    from = Number(values.from)
  const kinds: Record<string, number> = {}
  for (let seed = from; seed < from + n; seed++) {
    const v = await runSchedule(seed, variant)
    steps += v.steps
    creates += v.creates
    if (v.violations.length > 0) {
      bad += 1
      if (first === 0) first = seed
      for (const x of v.violations) kinds[x.guarantee] = (kinds[x.guarantee] ?? 0) + 1
      if (bad < 20) write(`${seed}: ${v.violations.map((x) => `${x.guarantee} ${x.sentence}`).join(' | ')}`)
    }
  }
  const s = (performance.now() - t) / 1000
  write(JSON.stringify({ n, bad, first, kinds, steps: steps / n, creates: creates / n, perSecond: Math.round(n / s) }))
}
