import ora from 'ora'

/** What a person sees while they wait; on standard error, so that standard output stays for results. */
export interface Progress {
  step(text: string): void
  /** Something that stays on the screen. */
  note(text: string): void
  stop(): void
}

const writeLine = (text: string): void => void process.stderr.write(`${text}\n`)

/** A spinner on a terminal, one line per step elsewhere. */
export const progressOnStderr = (): Progress => {
  if (!process.stderr.isTTY) {
    return { step: writeLine, note: writeLine, stop: () => undefined }
  }
  // Ctrl-C must reach us as a signal: the default would take it from the terminal.
  const spinner = ora({ stream: process.stderr, discardStdin: false }).start()
  return {
    step: (text) => {
      spinner.text = text
    },
    note: (text) => {
      spinner.clear()
      writeLine(text)
    },
    stop: () => {
      spinner.stop()
    },
  }
}
