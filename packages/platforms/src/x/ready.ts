import type { ElementHandle, Locator } from 'playwright'
import { type Driver, WAITS, part, step } from './driver.ts'

// What the page's own JavaScript has; this package is not compiled against the DOM's types.
declare const document: { elementFromPoint(x: number, y: number): object | null }
interface Element {
  getBoundingClientRect(): { readonly x: number; readonly y: number; readonly width: number; readonly height: number }
  contains(other: object): boolean
}

/** Whether a press in its middle would meet the element itself. */
const isUppermost = (element: unknown): boolean => {
  const { x, y, width, height } = (element as Element).getBoundingClientRect()
  const hit = document.elementFromPoint(x + width / 2, y + height / 2)
  return hit !== null && (element as Element).contains(hit)
}

/**
 * The composer's button, once it can be pressed: visible, enabled, at rest and not covered.
 *
 * It is only looked at. Playwright's trial click is none: it presses the button and has a listener in the page swallow
 * the press, so whatever the page hears earlier has heard a real one, before anything was said of a click.
 *
 * @throws StepError when it does not become ready: certain that nothing was pressed
 */
export const readyButton = async ({ page, signal }: Driver, composer: Locator): Promise<ElementHandle> => {
  const timeout = WAITS.act
  const button = await step('find submit', timeout, signal, () => part(composer, 'submit').elementHandle({ timeout }))
  await step('wait for submit to be ready', timeout, signal, async () => {
    await button.waitForElementState('enabled', { timeout })
    // Waits by itself until it is at rest (Playwright, `ElementHandle._waitAndScrollIntoViewIfNeeded`); what is hidden is not uppermost.
    await button.scrollIntoViewIfNeeded({ timeout })
  })
  await step('wait for submit to be uncovered', timeout, signal, () =>
    page.waitForFunction(isUppermost, button, { timeout }),
  )
  return button
}
