import type { Ending } from '../runtime/deadline.ts'

/**
 * At most `limit` places taken at a time, first come first served: who needs many is not overtaken by those who need
 * one. Who waits leaves when its work is to end. Bounded by its callers: they hold one message each, and the prefetch
 * bounds those.
 */
export class Limiter {
  readonly #limit: number
  readonly #waiting = new Set<{ readonly places: number; readonly enter: () => void }>()
  #taken = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /**
   * @param places how many; `Infinity` for all of them: whoever has them is alone
   * @returns what gives them back; undefined when it was to end before there was room
   */
  async acquire(ends: Ending, places = 1): Promise<Disposable | undefined> {
    if (ends.aborted) return undefined
    const wanted = Math.min(places, this.#limit)
    const held: Disposable = { [Symbol.dispose]: () => this.#release(wanted) }
    if (this.#waiting.size === 0 && this.#taken + wanted <= this.#limit) {
      this.#taken += wanted
      return held
    }
    const { signal } = ends
    return new Promise((resolve) => {
      const entry = {
        places: wanted,
        enter: () => {
          signal.removeEventListener('abort', leave)
          resolve(held)
        },
      }
      const leave = (): void => {
        this.#waiting.delete(entry)
        resolve(undefined)
        this.#admit()
      }
      signal.addEventListener('abort', leave, { once: true })
      this.#waiting.add(entry)
      this.#admit()
    })
  }

  #release(places: number): void {
    this.#taken -= places
    this.#admit()
  }

  #admit(): void {
    for (const entry of this.#waiting) {
      if (this.#taken + entry.places > this.#limit) return
      this.#waiting.delete(entry)
      this.#taken += entry.places
      entry.enter()
    }
  }
}
