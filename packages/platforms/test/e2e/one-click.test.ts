import type { BrowserContext } from 'playwright'
import type { SegmentDraft } from '../../src/index.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { call, handle } from '../conformance/kit.ts'
import { type XBench, xBench } from './x-bench.ts'

// What the page's own JavaScript has; this package is not compiled against the DOM's types.
interface Pressable {
  closest(selector: string): Pressable | null
  cloneNode(deep: boolean): Pressable
  replaceWith(other: Pressable): void
  click(): void
}
interface Press {
  readonly isTrusted: boolean
  readonly target: Pressable
}
declare const window: {
  addEventListener(type: string, listen: (event: Press) => void, options: { capture: true }): void
  readonly location: { assign(url: string): void }
}
declare const document: {
  readonly body: { insertAdjacentHTML(where: string, html: string): void }
  addEventListener(type: string, listen: () => void): void
}

const draft = (text: string): SegmentDraft => ({ text, media: [], parent: null })
const EVENTS = ['pointerdown', 'mousedown', 'mouseup', 'click'] as const

/** Counts what presses the button, before anything else on the page hears of it. */
const countPresses = async (context: BrowserContext): Promise<ReadonlyMap<string, number>> => {
  const presses = new Map<string, number>()
  await context.exposeFunction('pressed', (type: string) => presses.set(type, (presses.get(type) ?? 0) + 1))
  await context.addInitScript((events) => {
    const { pressed } = window as unknown as { readonly pressed: (type: string) => void }
    const hear = (type: string) => (event: Press) => {
      if (event.isTrusted && event.target.closest('.submit')) pressed(type)
    }
    for (const type of events) window.addEventListener(type, hear(type), { capture: true })
  }, EVENTS)
  return presses
}

/** What a page does under the click: the create is on its way, and there is a button to press again. */
const SHIFTS = {
  'puts another button in its place': (event: string): void => {
    window.addEventListener(
      event,
      ({ isTrusted, target }) => {
        const button = target.closest('.submit')
        if (!isTrusted || !button) return
        if (event !== 'click') button.click()
        button.replaceWith(button.cloneNode(true))
      },
      { capture: true },
    )
  },
  'goes to the composer anew': (event: string): void => {
    window.addEventListener(
      event,
      ({ isTrusted, target }) => {
        const button = target.closest('.submit')
        if (!isTrusted || !button) return
        if (event !== 'click') button.click()
        window.location.assign('/compose/post')
      },
      { capture: true },
    )
  },
} as const

describe('one segment is one click', () => {
  let bench: XBench
  beforeAll(async () => {
    bench = await xBench()
  })
  afterAll(() => bench[Symbol.asyncDispose]())

  const contextOf = (): BrowserContext => {
    const context = bench.context()
    if (!context) throw new Error('There is no context.')
    return context
  }

  it('presses the button once, and not to try it out before', async () => {
    const who = handle()
    const session = await bench.session(who)
    const presses = await countPresses(contextOf())
    expect(await session.publishSegment(draft('Pressed once'), call())).toMatchObject({ outcome: 'created' })
    expect(Object.fromEntries(presses)).toEqual({ pointerdown: 1, mousedown: 1, mouseup: 1, click: 1 })
  })

  it('does not press a button that is covered, and says for certain that nothing was created', async () => {
    const who = handle()
    const session = await bench.session(who)
    const presses = await countPresses(contextOf())
    await contextOf().addInitScript(() => {
      const cover = '<div style="position:fixed;inset:0;z-index:9999"></div>'
      document.addEventListener('input', () => document.body.insertAdjacentHTML('beforeend', cover))
    })
    const result = await session.publishSegment(draft('Never pressed'), call())
    expect(result).toMatchObject({ outcome: 'not_created', refusal: { kind: 'trouble' } })
    expect(presses.size).toBe(0)
  })

  it.each(
    Object.entries(SHIFTS).flatMap(([what, shift]) =>
      (['pointerdown', 'click'] as const).map((event) => [what, event, shift] as const),
    ),
  )('even on a page that %s at %s', async (what, event, shift) => {
    const who = handle()
    const session = await bench.session(who)
    await contextOf().addInitScript(shift, event)
    const creates = bench.site.faults.add({ kind: 'delay', delayMs: 200, handle: who })
    const result = await session.publishSegment(draft(`A page that ${what} at ${event}`), call())
    expect(result.outcome).not.toBe('not_created')
    expect(creates.struck).toBe(1)
  })
})
