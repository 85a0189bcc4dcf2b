import type { Broker } from './broker/broker.ts'
import type { SaidFact } from './facts.ts'
import { machineOf } from './machine.ts'
import type { Database } from './persister/database.ts'
import type { LivePost, Platform } from './platform/platform.ts'
import { urlOf } from './platform/seen.ts'
import type { Rabbit } from './rabbit.ts'
import type { World } from './world.ts'

const isRecorded = (database: Database, post: LivePost): boolean =>
  [...(database.rows.get(post.of.postId)?.facts.values() ?? [])].some(
    (f) => f.type === 'post.segment_published' && f.body.platformId === post.platformId,
  )

/** Reads each account's timeline now and then, and says which live segments the database does not know. */
export const openAudit = (
  world: World,
  rabbit: Rabbit,
  platform: Platform,
  broker: Broker,
  database: Database,
  say: (fact: SaidFact) => void,
): void => {
  const { agenda, random, scenario } = world
  const machine = machineOf('scraper', agenda, world.say, () => ({}))

  const knows = ({ of, platformId }: LivePost): boolean =>
    broker.ledger.tables.post(of.postId).actions.some((a) => a.platformId === platformId)
  /** A person deletes what the audit found; not before the ledger could hear of it. */
  const perhapsDeleted = (post: LivePost, heard: () => boolean): void => {
    if (!scenario.deletions || scenario.ledgerLossRate > 0 || post.goneAt !== null || !random.chance(0.5)) return
    agenda.after(random.tail(15_000, 300_000), () => heard() && post.goneAt === null && platform.remove(post))
  }
  const report = (post: LivePost): void => {
    const at = new Date(agenda.now).toISOString()
    world.say(
      'scraper',
      () => `the audit found "${post.text}" live as ${post.platformId}, which the database does not know`,
    )
    const body = {
      at,
      ...post.of,
      account: post.account,
      platform: 'x' as const,
      platformId: post.platformId,
      url: urlOf(post),
      publishedAt: new Date(post.landedAt).toISOString(),
      source: 'audit' as const,
      ledger: null,
    }
    const fact: SaidFact = { id: world.newId(), type: 'post.segment_published', body }
    rabbit.publish(
      machine,
      () => say(fact),
      () => perhapsDeleted(post, () => heardBy(post)),
    )
  }
  /** With a ledger that is deaf to facts nobody waits for it. */
  const heardBy = (post: LivePost): boolean => world.variant.operations?.published !== undefined || knows(post)
  const read = (): void => {
    if (platform.troubled) return
    for (const { id } of scenario.accounts)
      for (const post of platform.timeline(id)) if (!isRecorded(database, post)) report(post)
  }
  for (const time of scenario.audits) agenda.at(time, () => machine.after(random.between(500, 20_000), read))
}
