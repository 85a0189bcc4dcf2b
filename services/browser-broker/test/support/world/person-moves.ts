/** What people ask for, what audits find, and time. */
import { type BodyOf, Hash, type PostSubmitted } from '@surepost/shared/contracts'
import { SECOND } from '../ledger.ts'
import { type Move, account } from './state.ts'

export const cancel: Move = (world, random) => {
  const { postId } = world.pick(random)
  const { result } = world.ledger.do('cancel', { postId, account, by: 'a', reason: 'b' })
  if (result === 'cancelled') world.cancelled.add(postId)
  else if (world.cancelled.has(postId)) throw new Error(`${postId} was cancelled and then it was too late`)
}

/** A person writes the next revision, and approves it: from then on its command may come, beside those of the one before. */
export const edit: Move = (world, random) => {
  const { postId } = world.pick(random)
  const revisions = world.posts.filter((a) => a.postId === postId)
  const last = revisions.at(-1)
  if (last === undefined || last.revision >= 3) return
  const revision = last.revision + 1
  const hash = Hash.parse(String(revision).repeat(64))
  const next = revisions.filter((a) => a.revision === last.revision).map((a) => ({ ...a, revision, hash }))
  const segments = next.map(() => ({ text: `revision ${revision}`, media: [] }))
  const { notAfter } = last
  const body: BodyOf<typeof PostSubmitted> = {
    at: new Date(world.ledger.now).toISOString(),
    postId,
    revision,
    account,
    platform: 'x',
    hash,
    content: { segments },
    client: 'a',
    approval: 'review',
    scheduledAt: null,
    notAfter,
  }
  if (world.ledger.do('revise', { next: body, by: 'a', acceptedAt: body.at }).result !== 'revised') return
  if (world.flaws.editCallsNothingOff === true) world.ledger.store.db.exec('delete from revocations')
  world.calledOff.add(`${postId} ${last.revision}`)
  world.posts.push(...next)
}

/** A person has something deleted that is there. */
export const deleteLive: Move = (world, random) => {
  const action = world.pick(random)
  const seen = world.createsOf(action).find((c) => c.visibleAt <= world.ledger.now)
  const holder = seen === undefined ? undefined : world.hold()
  if (seen === undefined || holder === undefined) return
  const deletion = { postId: action.postId, segment: action.segment, account, platformId: seen.id, by: 'a' }
  const answer = world.ledger.do('beginDelete', deletion, holder.leaseId)
  if ('answer' in answer && answer.answer === 'go' && random % 3 > 0)
    world.ledger.do('endDelete', deletion, holder.leaseId)
}

export const killSwitch: Move = (world, random) => {
  world.stopped = random % 3 === 0
  if (world.flaws.stopNotTold === true) return
  world.ledger.do('killSwitch', { on: world.stopped, by: 'a', reason: 'b' })
}

export const audit: Move = (world, random) => {
  const action = world.pick(random)
  const seen = world.createsOf(action).find((c) => c.visibleAt <= world.ledger.now)
  if (seen === undefined) return
  const { postId, revision, segment } = action
  const at = new Date(seen.at).toISOString()
  const url = `https://x.com/i/status/${seen.id}`
  world.ledger.do('published', {
    at,
    postId,
    revision,
    segment,
    account,
    platform: 'x',
    platformId: seen.id,
    url,
    publishedAt: at,
    source: 'audit',
    ledger: null,
  })
}

export const pass: Move = (world, random) => world.ledger.pass(random % (random % 2 === 0 ? 10 * SECOND : 60 * SECOND))
