import type { Response } from 'express'
import type { Strike } from '../faults/faults.ts'

/** A wait that a fault asked for. */
export const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms))

/** Reset the connection without an answer. */
const reset = (response: Response): void => void response.socket?.destroy()

/** Begin an answer and break the connection off: the headers arrive, the body does not. */
const cut = (response: Response): void => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1_000 })
  response.write('{', () => void response.socket?.destroy())
}

/** Lose the answer in the way that a strike says, if one does at this point. @returns whether it did */
export const lose = (response: Response, strikes: readonly Strike[], when: 'before' | 'after'): boolean => {
  const lost = strikes.map(({ effect }) => effect).find((effect) => 'when' in effect && effect.when === when)
  if (lost?.does === 'cut') cut(response)
  else if (lost?.does === 'reset') reset(response)
  else if (lost?.does === 'fail') wentWrong(response)
  return lost !== undefined
}

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
