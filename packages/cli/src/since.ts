import { InvalidArgumentError } from 'commander'

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** `7d`, `12h`, `30m`, `90s` before now, or an instant or a day such as `2026-11-01`. @throws InvalidArgumentError */
export const sinceOption = (text: string, now: Date = new Date()): Date => {
  const [, count, unit] = /^(\d{1,6})([smhd])$/u.exec(text) ?? []
  if (count !== undefined && unit !== undefined)
    return new Date(now.getTime() - Number(count) * UNITS[unit as keyof typeof UNITS])
  const date = new Date(text)
  if (/^\d{4}-\d{2}-\d{2}/u.test(text) && !Number.isNaN(date.getTime())) return date
  throw new InvalidArgumentError('It must be a time like 7d, 12h, 30m, 2026-11-01 or 2026-11-01T12:00:00Z.')
}
