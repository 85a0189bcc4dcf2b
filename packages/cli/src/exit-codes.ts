/** What the exit status of every command means; a shell's 128 + n stands for the signal that ended it. */
export const EXIT = {
  done: 0,
  /** Refused, ended badly, or found something wrong: the sentence says which. The same again would not help. */
  failed: 1,
  /** The command line cannot be used. */
  usage: 2,
  /** `--wait` ended first: the post goes on, and may still go live. */
  pending: 3,
  /** Something is away at the moment; the same again is safe. (EX_TEMPFAIL of sysexits.h.) */
  away: 75,
} as const

/** For the help of a command whose status a script looks at. */
export const exitHelp = (meanings: Readonly<Partial<Record<keyof typeof EXIT, string>>>): string => {
  const usual = { usage: 'the command line cannot be used', away: 'something is away; the same again is safe' }
  const lines = Object.entries({ ...meanings, ...usual }).map(
    ([name, meaning]) => `  ${String(EXIT[name as keyof typeof EXIT]).padStart(3)}  ${meaning}`,
  )
  return `\nExit status:\n${lines.join('\n')}\n  130  interrupted (128 + the number of the signal)`
}

/** Examples for the end of a command's help. */
export const examples = (...lines: readonly string[]): string =>
  `\nExamples:\n${lines.map((line) => `  surepost ${line}`).join('\n')}`
