import type { CreateResult, PlatformSession } from '@surepost/platforms'
import type { Life } from '../machine.ts'
import type { World } from '../world.ts'
import type { CreateAnswer, CreateRequest, Platform } from './platform.ts'
import type { Reach } from './reach.ts'
import { urlOf } from './seen.ts'

/** How long an adapter waits for the answer of a create. */
const ANSWER_MS = 30_000
/** Slow pages take most of the time that a lease lasts. */
const PREPARE_MOST_MS = 150_000

/** Trouble comes more often here: it is the moment that everything is about. */
const CLICK_WEIGHT = 4

export interface Site {
  readonly world: World
  readonly platform: Platform
  readonly process: Life
  readonly reach: Reach
}

const trouble = (detail: string): CreateResult => ({ outcome: 'not_created', refusal: { kind: 'trouble', detail } })
const unknown = (reason: string): CreateResult => ({ outcome: 'unknown', reason })

const resultOf = (answer: CreateAnswer, now: number): CreateResult =>
  'refused' in answer
    ? { outcome: 'not_created', refusal: answer.refused }
    : {
        outcome: 'created',
        platformId: answer.created.platformId,
        url: urlOf(answer.created),
        publishedAt: new Date(now),
      }

/** Send the click. A browser carries it out whatever becomes of its holder; a request without one leaves from here. */
const send = (
  { world, platform, process, reach }: Site,
  request: CreateRequest,
  end: (result: CreateResult) => void,
): void => {
  const { agenda, random, variant, say } = world
  const click = (): void => {
    say(process.name, () => `the click for "${request.text}" happens`)
    platform.create(request, (answer) =>
      process.after(1, () => {
        if (reach.alive) end(resultOf(answer, agenda.now))
      }),
    )
  }
  process.after(ANSWER_MS, () => end(unknown('no answer in time')))
  if (reach.access === 'http') {
    if (reach.alive || variant.fence === false) click()
    else end(unknown('the tunnel is closed'))
    return
  }
  agenda.after(random.tail(50, 6_000), () => {
    if (reach.alive) click()
    else say('browser', () => `is gone before it could click for "${request.text}"`)
  })
}

/** One create: a page is prepared, one click is sent, and an answer is waited for. Never rejects. */
export const createOn = (site: Site): PlatformSession['publishSegment'] => {
  const { world, platform, process, reach } = site
  const { random, faults, say } = world
  return (draft, { signal }) =>
    new Promise((resolve) => {
      const { acting } = reach
      if (acting === null) throw new Error('a create without a begin')
      const request = { account: reach.account, text: draft.text, parent: draft.parent?.platformId ?? null, of: acting }
      let sent = false
      let over = false
      const end = (result: CreateResult): void => {
        if (over) return
        over = true
        signal.removeEventListener('abort', stop)
        say(process.name, () => `its create of "${draft.text}" ended: ${result.outcome}`)
        resolve(result)
        world.wake()
      }
      const stop = (): void => end(sent ? unknown('stopped after the click') : trouble('stopped before the click'))
      const clickNow = (): void => {
        if (over) return
        sent = true
        send(site, request, end)
      }
      const prepared = (): void => {
        if (over) return
        if (!reach.alive) end(trouble('the page is gone'))
        else if (platform.troubled && random.chance(0.7)) end(trouble('the page did not load'))
        else if (faults.step(process.machine, CLICK_WEIGHT)) process.after(0, clickNow)
      }
      if (signal.aborted) return stop()
      signal.addEventListener('abort', stop, { once: true })
      if (faults.step(process.machine))
        process.after(random.tail(1_500, random.chance(0.2) ? PREPARE_MOST_MS : 5_000), prepared)
    })
}
