import { BREACHES, type Breach } from './checks.ts'
import { openCrew } from './crew.ts'
import { type Summary, runAll } from './runs.ts'
import { type Verdict, runSchedule } from './schedule.ts'
import { sentencesOf } from './story.ts'
import { VARIANTS, variantOf } from './variants/catalog.ts'
import { PRODUCTION } from './variants/variant.ts'

/** Where results go, one line each, and what a person sees meanwhile. */
export interface Screen {
  readonly print: (line: string) => void
  readonly progress: (text: string) => void
}

export interface Many {
  readonly variant: string
  readonly schedules: number
  readonly from: number
  /** One for each core when left out. */
  readonly threads?: number
}

/** Seeds that are named; the rest are counted. */
const MOST_NAMED = 10

const replay = ({ seed }: Verdict, variant: string): string =>
  `./surepost simulate --seed ${seed}${variant === PRODUCTION.name ? '' : ` --variant ${variant}`}`

const rate = ({ schedules, seconds }: Summary): string =>
  `${schedules.toLocaleString('en')} schedules in ${seconds.toFixed(1)} s`

const countsOf = ({ broken }: Summary): Partial<Record<Breach, number>> => {
  const counts: Partial<Record<Breach, number>> = {}
  for (const { violations } of broken)
    for (const breach of new Set(violations.map((v) => v.breach))) counts[breach] = (counts[breach] ?? 0) + 1
  return counts
}

const figuresOf = (summary: Summary) => ({
  variant: summary.variant,
  schedules: summary.schedules,
  broken: summary.broken.length,
  breaches: countsOf(summary),
  seeds: summary.broken.slice(0, MOST_NAMED).map(({ seed }) => seed),
  steps: summary.steps,
  creates: summary.creates,
  seconds: Number(summary.seconds.toFixed(1)),
})

const report = (summary: Summary): string[] => {
  const { broken, creates, variant } = summary
  const named = broken
    .slice(0, MOST_NAMED)
    .flatMap((verdict) => [
      `seed ${verdict.seed}  (${replay(verdict, variant)})`,
      ...verdict.violations.map(({ guarantee, sentence }) => `  ${guarantee}  ${sentence}`),
    ])
  const more = broken.length > MOST_NAMED ? [`… and ${broken.length - MOST_NAMED} seeds more`] : []
  const counts = Object.entries(countsOf(summary)).map(([breach, n]) => `${n} ${breach}`)
  const end =
    broken.length === 0
      ? `${rate(summary)}, ${creates.toLocaleString('en')} creates: no guarantee was broken.`
      : `${rate(summary)}: ${broken.length} broke a guarantee (${counts.join(', ')}).`
  return [...named, ...more, end]
}

/** Run many schedules of one variant. @returns whether no guarantee was broken */
export const simulateMany = async ({ print, progress }: Screen, many: Many, json: boolean): Promise<boolean> => {
  await using crew = openCrew(many.threads)
  const { variant, schedules: count, from } = many
  const tell = (ran: number, broken: number): void =>
    progress(`${ran.toLocaleString('en')} of ${count.toLocaleString('en')} schedules, ${broken} broken`)
  const summary = await runAll(crew, {
    variant: variantOf(variant).name,
    from,
    count,
    onProgress: everyTenth(count, tell),
  })
  for (const line of json ? [JSON.stringify(figuresOf(summary))] : report(summary)) print(line)
  return summary.broken.length === 0
}

/** Ten times on the way to `count`, whatever the batches are. */
const everyTenth = (count: number, tell: (ran: number, broken: number) => void) => {
  let told = 0
  return (ran: number, broken: number): void => {
    const tenths = Math.floor((ran * 10) / count)
    if (tenths > told) tell(ran, broken)
    told = tenths
  }
}

/** Tell one schedule step by step, in words. @returns whether no guarantee was broken */
export const simulateOne = async (
  { print }: Screen,
  { seed, variant }: { readonly seed: number; readonly variant: string },
  json: boolean,
): Promise<boolean> => {
  const chosen = variantOf(variant)
  if (!json) for (const line of sentencesOf(seed, chosen)) print(line)
  const verdict = await runSchedule(seed, chosen, json ? undefined : print)
  if (json) print(JSON.stringify({ variant, ...verdict }))
  else if (verdict.violations.length === 0) print('No guarantee was broken.')
  return verdict.violations.length === 0
}

/**
 * Take each rule of publishing once away alone, and look for a schedule that breaks what the rule protects.
 * @returns whether every broken variant is caught
 */
export const simulateBroken = async (
  { print, progress }: Screen,
  { schedules: count, from, threads }: Omit<Many, 'variant'>,
  json: boolean,
): Promise<boolean> => {
  await using crew = openCrew(threads)
  let caught = 0
  for (const { name: variant, shows: until, breaks } of VARIANTS) {
    progress(`${variant}: ${breaks}`)
    const summary = await runAll(crew, { variant, from, count, until })
    const { found, schedules, seconds } = summary
    if (found !== null) caught += 1
    const said = {
      variant,
      breaks,
      guarantee: BREACHES[until],
      breach: until,
      seed: found?.seed ?? null,
      schedules,
      seconds,
    }
    if (json) print(JSON.stringify(said))
    else if (found === null) print(`${variant.padEnd(20)} NOT CAUGHT: nothing was ${until} in ${rate(summary)}`)
    else print(`${variant.padEnd(20)} ${BREACHES[until]}: ${until}, at seed ${found.seed}  (${replay(found, variant)})`)
  }
  if (!json) print(`${caught} of ${VARIANTS.length} broken variants are caught.`)
  return caught === VARIANTS.length
}
