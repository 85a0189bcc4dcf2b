/**
 * At most `limit` holders at a time, first come first served. Who waits leaves when the signal is aborted.
 * Bounded by its callers: they hold one message each, and the prefetch bounds those.
 */
export class Limiter {
  readonly #limit: number
  readonly #waiting = new Set<() => void>()
  #held = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /** @returns false when the signal was aborted before there was room */
  async acquire(signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return false
    if (this.#held < this.#limit) {
      this.#held += 1
      return true
    }
    return new Promise<boolean>((resolve) => {
      const enter = (): void => {
        signal.removeEventListener('abort', leave)
        resolve(true)
      }
      const leave = (): void => {
        this.#waiting.delete(enter)
        resolve(false)
      }
      this.#waiting.add(enter)
      signal.addEventListener('abort', leave, { once: true })
    })
  }

  release(): void {
    const [next] = this.#waiting
    if (next === undefined) this.#held -= 1
    else {
      this.#waiting.delete(next)
      next()
    }
  }
}
