import type { Mention } from '@surepost/shared/contracts'

/** An answer to a mention older than this would surprise its author: two days. */
const FRESH_MS = 2 * 24 * 60 * 60_000

/** "Stop" in the languages that most people write, as a word of its own. */
const OPT_OUT =
  /(?:^|[^\p{L}])(?:stop|unsubscribe|opt[ -]?out|arr[êe]te[rz]?|stopp|aufh[öo]ren|basta|d[ée]jame en paz|стоп|停止|やめて)(?:$|[^\p{L}])/iu

/** Somebody's post and the account that it speaks to. */
export interface Engagement {
  readonly mention: Mention
  /** The account's own, without the @. */
  readonly handle: string
  /** The author is another of our accounts. */
  readonly authorIsOurs: boolean
}

/**
 * Why a mention is not to be answered, or null. Harvesting finds only those who engaged first, which is X's rule for
 * automated answers; the other rules are checked here, each with its own reason.
 */
export const whyNot = ({ mention, handle, authorIsOurs }: Engagement, now: Date): string | null => {
  if (mention.author.toLowerCase() === handle.toLowerCase()) return 'ourselves'
  if (authorIsOurs) return 'own_account'
  if (OPT_OUT.test(mention.text)) return 'opted_out'
  if (now.getTime() - new Date(mention.createdAt).getTime() > FRESH_MS) return 'stale'
  if (mention.text.replace(/@\w+/g, '').trim() === '') return 'nothing_to_answer'
  return null
}
