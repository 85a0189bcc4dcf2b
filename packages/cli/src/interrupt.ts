/** The person (or the system) ended the command; the exit status is the shell's convention, 128 + the signal's number. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
  readonly exitCode: number
  constructor(signal: keyof typeof NUMBERS) {
    super(`Interrupted by ${signal}.`)
    this.exitCode = 128 + NUMBERS[signal]
  }
}

const NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const
const SIGNALS = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const

/** Run something that is told by its signal when the person wants it to end. A second Ctrl-C changes nothing. */
export const interruptible = async <T>(run: (signal: AbortSignal) => Promise<T>): Promise<T> => {
  const stopper = new AbortController()
  const listeners = SIGNALS.map((name) => ({ name, listen: () => stopper.abort(new Interrupted(name)) }))
  for (const { name, listen } of listeners) process.on(name, listen)
  try {
    return await run(stopper.signal)
  } finally {
    for (const { name, listen } of listeners) process.off(name, listen)
  }
}

/** Resolves when the signal aborts. */
export const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
