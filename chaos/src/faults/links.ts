import { targetOf, type FaultContext, type Link, type LinkName } from './types.ts'
import type { PlannedFault } from '../plan/types.ts'

/** What goes through a proxy: every service to RabbitMQ, persister and console to the gateway, holders to their browsers. */
export const LINKS: readonly LinkName[] = ['amqp', 'database', 'leases']

const isLink = (name: string): name is LinkName => (LINKS as readonly string[]).includes(name)

/** @throws TypeError for a target that is no link */
export const linkOf = ({ links }: FaultContext, planned: PlannedFault): Link => {
  const name = targetOf(planned)
  if (!isLink(name)) throw new TypeError(`There is no link ${name}; there are ${LINKS.join(', ')}.`)
  return links[name]
}
