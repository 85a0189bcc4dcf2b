import { InvalidArgumentError } from 'commander'

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/**
 * When a post is to go out: `+90m`, `2026-12-01T09:00:00Z`, or `2026-12-01 09:00` in the time of this machine.
 * @throws InvalidArgumentError
 */
export const atOption = (text: string, now: Date = new Date()): Date => {
  const [, count, unit] = /^\+(\d{1,6})([smhd])$/u.exec(text) ?? []
  if (count !== undefined) return new Date(now.getTime() + Number(count) * UNITS[unit as keyof typeof UNITS])
  const date = new Date(text.trim().replace(' ', 'T'))
  // A day alone would be midnight in Greenwich, which nobody means.
  if (/^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/u.test(text.trim()) && !Number.isNaN(date.getTime())) return date
  throw new InvalidArgumentError('It must be a time like +90m, "2026-12-01 09:00" (here) or 2026-12-01T09:00:00Z.')
}
