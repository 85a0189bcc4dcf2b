/** Nothing that a message brought along may move the cursor or change the colours of a terminal. */
export const plain = (text: string): string => text.replaceAll(/[^\P{Cc}\n\t]/gu, '\u{fffd}')

/** One line, no longer than `length` characters. */
export const oneLine = (text: string, length: number): string => {
  const line = plain(text).replaceAll(/\s+/g, ' ').trim()
  return line.length > length ? `${line.slice(0, length - 1)}…` : line
}
