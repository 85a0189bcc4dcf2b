/** What holders of leases do, and what befalls them. */
import { newPlatformId } from '../fixtures.ts'
import { SECOND } from '../ledger.ts'
import { IN_FLIGHT, LAG, type Move } from './state.ts'

export const work: Move = (world, random) => {
  const holder = world.hold()
  if (holder === undefined) return
  const action = world.pick(random)
  world.follow(holder, action, world.ledger.do('begin', action, holder.leaseId))
}

/** A holder that was told `fresh` clicks once, at any later moment of its browser's life. */
export const click: Move = (world, random) => {
  const waiting = world.holder?.attempts.find((a) => !a.clicked)
  if (waiting === undefined) return
  waiting.clicked = true
  if (random % 4 === 0) return
  const at = world.ledger.now + (random % 3 === 0 ? IN_FLIGHT - (random % SECOND) : 0)
  const visibleAt = at + (random % 3 === 0 ? LAG : random % LAG)
  world.all(waiting.action).push({ id: newPlatformId(), revision: waiting.action.revision, at, visibleAt })
}

/** Say what is known: the id, that nothing was sent, or that the end was not seen. */
export const tell: Move = (world, random) => {
  const holder = world.holder
  const known = holder?.attempts.shift()
  if (holder === undefined || known === undefined) return
  const outcome = world.ledger.outcome(known.action, known.attempt, holder.leaseId)
  const create = world.createsOf(known.action).at(-1)
  if (!known.clicked) world.ledger.do('abort', outcome, 'nothing was sent')
  else if (create !== undefined && random % 3 === 0) world.complete(outcome, create)
  else world.ledger.do('unknown', outcome, 'no response')
}

export const endLease: Move = (world) => {
  if (world.holder === undefined) return
  const begun = Math.min(...world.begun.values(), world.ledger.now)
  world.ledger.end(world.holder.leaseId, world.flaws.quietFromBegin === true ? begun : world.ledger.now)
  world.holder = undefined
}

/** The broker dies and its browsers with it; at its start it ends what was open. */
export const crash: Move = (world, random) => {
  world.ledger.pass(random % (10 * SECOND))
  endLease(world, 0)
  if (world.flaws.lostTakenAsEmpty === true) world.ledger.store.db.exec('delete from actions; delete from spends')
}

/** Look for one unknown action; the reading may take long, and holds what was visible when it began. */
export const look: Move = (world, random) => {
  const holder = world.hold()
  if (holder === undefined) return
  const action = world.pick(random)
  const answer = world.ledger.do('begin', action, holder.leaseId)
  if (!('answer' in answer) || answer.answer !== 'unknown') return world.follow(holder, action, answer)
  if (holder.attempts.some((a) => a.action === action)) return
  const began = world.ledger.now
  const seen = world.createsOf(action).find((c) => c.visibleAt <= began && !answer.taken.includes(c.id))
  world.ledger.pass(random % (40 * SECOND))
  const outcome = world.ledger.outcome(action, answer.attempt, holder.leaseId)
  if (seen !== undefined) return world.complete(outcome, seen)
  const at = world.flaws.straddling === true ? world.ledger.now : began
  world.follow(holder, action, world.ledger.do('absent', outcome, at))
}
