import type { Response } from 'express'
import type { Strike } from '../faults/faults.ts'

/** A wait that a fault asked for. */
export const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms))

/** Cut the connection without an answer, as a network does. */
export const hangUp = (response: Response): void => void response.socket?.destroy()

/** 429 with the moment at which the window ends, 15 minutes on by default. */
export const tooMany = (response: Response, { delayMs }: Strike, now: Date): void => {
  const resetAt = Math.ceil((now.getTime() + (delayMs || 900_000)) / 1000)
  response
    .status(429)
    .set('x-rate-limit-reset', String(resetAt))
    .json({ errors: [{ code: 88, message: 'Rate limit exceeded.' }] })
}

export const wentWrong = (response: Response): void =>
  void response
    .status(503)
    .json({ errors: [{ code: 131, message: 'Internal error. Something went wrong. Try again.' }] })
