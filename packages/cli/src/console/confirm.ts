import { createInterface } from 'node:readline'

/**
 * Ask the person at the terminal; on standard error, so that standard output stays for results.
 * @throws the signal's reason
 */
export const confirm = async (question: string, signal: AbortSignal): Promise<boolean> => {
  // Without readline's own terminal handling, Ctrl-C stays a signal.
  const lines = createInterface({ input: process.stdin, terminal: false })
  process.stderr.write(`${question} [y/N] `)
  try {
    const answer = await new Promise<string>((resolve, reject) => {
      lines.once('line', resolve).once('close', () => resolve(''))
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
      if (signal.aborted) reject(signal.reason)
    })
    return /^y(es)?$/i.test(answer.trim())
  } finally {
    lines.close()
  }
}
