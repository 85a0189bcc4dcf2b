import { SCHEDULE_AHEAD_MS } from '../timing.ts'
import type { Random } from './random.ts'
import type { PlannedAccount, PlannedPost, PlannedSegment, PlannedWork } from './types.ts'
import { BOTS, QUESTIONS, SENTENCES } from './words.ts'

type Shape =
  | 'single'
  | 'image'
  | 'thread'
  | 'reply'
  | 'scheduled'
  | 'cancel_scheduled'
  | 'cancel_at_once'
  | 'mention'
  | 'refused_text'
  | 'refused_parent'

/** How often each shape comes, and so in which order a small plan gets them. */
const SHAPES: readonly { readonly shape: Shape; readonly weight: number }[] = [
  { shape: 'single', weight: 10 },
  { shape: 'thread', weight: 4 },
  { shape: 'reply', weight: 4 },
  { shape: 'cancel_at_once', weight: 2 },
  { shape: 'cancel_scheduled', weight: 1 },
  { shape: 'scheduled', weight: 2 },
  { shape: 'mention', weight: 2 },
  { shape: 'image', weight: 2 },
  { shape: 'refused_parent', weight: 1 },
  { shape: 'refused_text', weight: 1 },
]

/** Every shape once, where there is room, then by weight; in random order. */
const shapesOf = (count: number, random: Random): readonly Shape[] => {
  const deck = SHAPES.flatMap(({ shape, weight }) => Array.from({ length: weight }, () => shape))
  const once = SHAPES.slice(0, count).map(({ shape }) => shape)
  const rest = Array.from({ length: Math.max(0, count - once.length) }, () => random.pick(deck))
  return random.shuffled([...once, ...rest])
}

/** The number in brackets makes a text the only one of its kind in the run; `seed` keeps runs on one site apart. */
export const tagOf = (seed: number, n: number, segment = 0): string => `[${seed}/${n}.${segment + 1}]`

interface Made {
  readonly seed: number
  readonly n: number
  readonly at: number
  readonly account: PlannedAccount
  readonly random: Random
}

const segmentsOf = ({ seed, n, random }: Made, count: number, image: boolean): readonly PlannedSegment[] =>
  Array.from({ length: count }, (_, index) => ({
    text: `${random.pick(SENTENCES)} ${tagOf(seed, n, index)}`,
    image: image && index === 0,
  }))

const postOf = (made: Made, shape: Exclude<Shape, 'mention'>): PlannedPost => {
  const { seed, n, at, account, random } = made
  const isReply = shape === 'reply' || shape === 'refused_parent'
  const isThread = shape === 'thread' || (shape === 'cancel_at_once' && random.chance(0.3))
  const isScheduled = shape === 'scheduled' || shape === 'cancel_scheduled'
  return {
    kind: 'post',
    n,
    at,
    account: account.id,
    segments: segmentsOf(made, isThread ? random.int(2, 4) : 1, shape === 'image'),
    replyTo: isReply
      ? {
          bot: random.pick(BOTS),
          text: `${random.pick(QUESTIONS)} ${tagOf(seed, n)}`,
          gone: shape === 'refused_parent',
        }
      : null,
    scheduledInMs: isScheduled ? random.int(SCHEDULE_AHEAD_MS.least, SCHEDULE_AHEAD_MS.most) : null,
    // A scheduled one is cancelled well before its time; the others are a race on purpose.
    cancelAfterMs:
      shape === 'cancel_scheduled' ? random.int(500, 5_000) : shape === 'cancel_at_once' ? random.int(0, 4_000) : null,
    refusal: shape === 'refused_text' ? 'too_long' : shape === 'refused_parent' ? 'parent_gone' : null,
  }
}

const accountFor = (shape: Shape, accounts: readonly PlannedAccount[], random: Random): PlannedAccount =>
  random.pick(shape === 'mention' ? accounts.filter(({ answers }) => answers) : accounts)

/** The posts, threads, replies, cancels and mentions of a run, spread over `spanMs`. */
export const planWork = (
  seed: number,
  count: number,
  spanMs: number,
  accounts: readonly PlannedAccount[],
  random: Random,
): readonly PlannedWork[] => {
  const every = spanMs / Math.max(1, count)
  return shapesOf(count, random).map((shape, index): PlannedWork => {
    const n = index + 1
    const at = Math.round(every * (index + random.next()))
    const account = accountFor(shape, accounts, random)
    if (shape !== 'mention') return postOf({ seed, n, at, account, random }, shape)
    // One author a mention: the templates name the author, and an account says nothing twice.
    const bot = `reader_${seed}_${n}`
    const text = `@${account.handle} ${random.pick(QUESTIONS)} ${tagOf(seed, n)}`
    return { kind: 'mention', n, at, account: account.id, bot, text }
  })
}
