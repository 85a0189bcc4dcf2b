import { EventEmitter } from 'node:events'
import type { BrowserContext, Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { keepPages, step } from '../../src/x/driver.ts'

const call = { signal: new AbortController().signal }

/** A context that counts its pages, and hands them out under their numbers. */
const countingContext = () => {
  let opened = 0
  const open = new Set<number>()
  const newPage = async () => {
    const n = (opened += 1)
    open.add(n)
    return Object.assign(new EventEmitter(), {
      n,
      isClosed: () => !open.has(n),
      close: async () => void open.delete(n),
    })
  }
  return { context: { newPage } as unknown as BrowserContext, opened: () => opened, open }
}
const crash = (page: Page): void => void (page as unknown as EventEmitter).emit('crash', page)
const numberOf = (page: unknown): number => (page as { n: number }).n

describe('pages that are kept', () => {
  it('serve one reading after the other', async () => {
    const { context, opened } = countingContext()
    const pages = keepPages(context)
    for (let n = 0; n < 5; n += 1)
      await pages(
        call,
        async () => n,
        () => true,
      )
    expect(opened()).toBe(1)
  })

  it('are closed after a reading that went wrong or threw, and the next one gets another', async () => {
    const { context, open } = countingContext()
    const pages = keepPages(context)
    const use = (isGood: boolean): Promise<number> =>
      pages(
        call,
        async ({ page }) => numberOf(page),
        () => isGood,
      )
    expect(await use(false)).toBe(1)
    expect(await use(true)).toBe(2)
    const thrown = pages(
      call,
      () => Promise.reject(new Error('no')),
      () => true,
    )
    await expect(thrown).rejects.toThrow('no')
    expect(await use(true)).toBe(3)
    expect([...open]).toEqual([3])
  })

  it('never serve two at once, and are no more than three', async () => {
    const { context, open } = countingContext()
    const pages = keepPages(context)
    const gate = Promise.withResolvers<void>()
    const busy = Array.from({ length: 5 }, () =>
      pages(
        call,
        async ({ page }) => {
          await gate.promise
          return numberOf(page)
        },
        () => true,
      ),
    )
    gate.resolve()
    expect(new Set(await Promise.all(busy)).size).toBe(5)
    expect(open.size).toBe(3)
  })

  it('are not used again when they closed by themselves', async () => {
    const { context, open } = countingContext()
    const pages = keepPages(context)
    await pages(
      call,
      async () => 0,
      () => true,
    )
    open.clear()
    expect(
      await pages(
        call,
        async ({ page }) => numberOf(page),
        () => true,
      ),
    ).toBe(2)
  })

  it('end what waits for them when their process dies, and are not used again', async () => {
    const { context, open } = countingContext()
    const pages = keepPages(context)
    const waiting = pages(
      call,
      ({ page, signal }) => {
        const wait = step('wait for the post', 60_000, signal, () => new Promise<never>(() => undefined))
        crash(page)
        return wait
      },
      () => true,
    )
    await expect(waiting).rejects.toThrow('wait for the post: stopped')
    expect(open.size).toBe(0)
  })
})
