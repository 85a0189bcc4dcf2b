import type { AccountConfig, PlatformName } from '@surepost/shared/contracts'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { wholeNumber } from './whole-number.ts'

/** What the command line may say of an account. */
export interface AccountOptions {
  readonly handle?: string
  readonly platform?: PlatformName
  readonly postsPerHour?: number
  readonly postsPerDay?: number
  readonly postGap?: number
  readonly answers?: 'off' | 'review' | 'auto'
  readonly answersPerHour?: number
  readonly answersPerDay?: number
  readonly answerGap?: number
  readonly voice?: string
  readonly checks?: readonly number[]
}

const count = wholeNumber(0, 1_000_000)

const checksOption = (text: string): readonly number[] => {
  const checks = text.split(',').map((part) => Number(part.trim()))
  if (checks.length > 0 && checks.every((check) => Number.isFinite(check) && check > 0)) return checks
  throw new InvalidArgumentError('It must be seconds with commas between, such as 900,3600,86400.')
}

const counted = (flags: string, what: string): Option => new Option(flags, what).argParser(count)

export const withAccountOptions = (command: Command): Command =>
  command
    .addOption(counted('--posts-per-hour <n>', 'at most so many posts an hour'))
    .addOption(counted('--posts-per-day <n>', 'at most so many posts a day'))
    .addOption(counted('--post-gap <seconds>', 'least time between two posts'))
    .addOption(
      new Option('--answers <how>', 'answer mentions: after a person’s review, or by itself').choices([
        'off',
        'review',
        'auto',
      ]),
    )
    .addOption(counted('--answers-per-hour <n>', 'at most so many answers an hour'))
    .addOption(counted('--answers-per-day <n>', 'at most so many answers a day'))
    .addOption(counted('--answer-gap <seconds>', 'least time between two answers'))
    .option('--voice <words>', 'how its answers sound')
    .addOption(
      new Option('--checks <seconds>', 'when a segment is measured after it went live').argParser(checksOption),
    )

type Budget = AccountConfig['budgets']['post']

const budget = (
  was: Budget,
  perHour: number | undefined,
  perDay: number | undefined,
  gap: number | undefined,
): Budget => ({
  perHour: perHour ?? was.perHour,
  perDay: perDay ?? was.perDay,
  minGapSeconds: gap ?? was.minGapSeconds,
})

/** A configuration with what the command line says of it; what it does not name stays. Pure. */
export const changed = (was: AccountConfig, options: AccountOptions): AccountConfig => {
  const { answers, voice, checks, handle, platform } = options
  return {
    ...was,
    handle: handle?.replace(/^@/, '') ?? was.handle,
    platform: platform ?? was.platform,
    budgets: {
      post: budget(was.budgets.post, options.postsPerHour, options.postsPerDay, options.postGap),
      reply: budget(was.budgets.reply, options.answersPerHour, options.answersPerDay, options.answerGap),
    },
    checks: checks === undefined ? was.checks : [...checks],
    replies: {
      ...was.replies,
      ...(answers === undefined ? {} : { enabled: answers !== 'off' }),
      ...(answers === undefined || answers === 'off' ? {} : { approval: answers }),
      ...(voice === undefined ? {} : { voice }),
    },
  }
}
