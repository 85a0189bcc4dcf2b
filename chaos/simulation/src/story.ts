import { clock, numbered } from './journal.ts'
import { randomOf } from './random.ts'
import { type PlannedPost, type Scenario, scenarioOf } from './scenario.ts'
import type { Variant } from './variants/variant.ts'

const percent = (rate: number): string => `${Math.round(rate * 100)} %`

const quoted = (post: PlannedPost['content']): string => post.segments.map(({ text }) => `"${text}"`).join(', ')

/** What people will want of one post. */
const wishesOf = (post: PlannedPost, { start }: Scenario): string => {
  const { postId, account, content, at, scheduledAt, notAfter, again, revoke } = post
  const when = scheduledAt === null ? '' : `, for ${clock(scheduledAt - start)}`
  const repeated = again === null ? '' : `; submitted again at ${clock(again.at - start)} as ${quoted(again.content)}`
  const called =
    revoke === null
      ? ''
      : `; ${revoke.edit === null ? 'cancelled' : `edited to ${quoted(revoke.edit)}`} at ${clock(revoke.at - start)}`
  return `  post ${postId} on ${account}: ${quoted(content)}, submitted at ${clock(at - start)}${when}, until ${clock(notAfter - start)}${repeated}${called}`
}

/** What a seed has decided before time begins, in words. */
export const sentencesOf = (seed: number, { name, breaks }: Variant): string[] => {
  const scenario = scenarioOf(randomOf(seed))
  const { posters, slots, faults, http, lateRate, neverRate, lostAnswerRate, lagRate, ledgerLossRate } = scenario
  return [
    `Schedule ${seed} of ${name}${name === 'production' ? '' : ` (${breaks})`}`,
    `  ${posters} poster(s), ${slots} browsers${http.size === 0 ? '' : `, without a browser: ${[...http].join(', ')}`}; at most ${faults.most} faults at steps and ${faults.times.length} at times`,
    `  requests are late (${percent(lateRate)}) or lost (${percent(neverRate)}), answers lost (${percent(lostAnswerRate)}), timelines late (${percent(lagRate)}), ledgers lost at a crash (${percent(ledgerLossRate)})`,
    ...scenario.posts.map((post) => wishesOf(post, scenario)),
    '',
  ].map(numbered)
}
