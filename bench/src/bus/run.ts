import { FACTS_EXCHANGE } from '@surepost/shared/messaging'
import { JobRan } from '@surepost/shared/contracts'
import { ensureInstalled, startStack } from '@surepost/stack'
import { connect } from 'amqplib'
import { timed } from '../figures.ts'
import { type Contender, type Rounds, type Verdict, interleaved, verdictOf } from '../rounds.ts'
import type { Peer, Route } from './peer.ts'
import { SAME_MESSAGE, amqplibPeer, connectionManagerPeer, rabbitmqClientPeer } from './peers.ts'
import { rascalPeer } from './rascal-peer.ts'
import { surepostPeer } from './surepost-peer.ts'

export interface BusBench extends Rounds {
  readonly dataDir: string
  /** Messages of each kind, in each round, for each peer. */
  readonly messages: number
}

const WINDOW = 500
const PREFETCH = 200
const PEERS = ['amqplib', 'rabbitmq-client', 'rascal', 'amqp-connection-manager']

/** 1 KB as JSON. */
const body = () => {
  const at = new Date().toISOString()
  const category = null
  return {
    at,
    job: 'bench',
    account: null,
    startedAt: at,
    outcome: 'succeeded' as const,
    category,
    detail: 'x'.repeat(860),
  }
}

/** Confirmed publishes per second, `WINDOW` of them under way. */
const publishing = (peer: Peer, messages: number): Contender => ({
  name: `publish ${peer.name}`,
  measure: async () => (await timed(messages, WINDOW, () => peer.publish())).perSecond,
})

/** Messages per second from a full queue to their acks. */
const consuming = (peer: Peer, messages: number, fill: () => Promise<void>): Contender => ({
  name: `consume ${peer.name}`,
  measure: async () => {
    await fill()
    const all = Promise.withResolvers<void>()
    let left = messages
    const began = performance.now()
    await using _ = await peer.consume(() => {
      if ((left -= 1) === 0) all.resolve()
    })
    await all.promise
    return messages / ((performance.now() - began) / 1_000)
  },
})

/** `surepost bench bus`: what our messaging costs beside amqplib alone, and beside its peers. @throws StackError */
export const benchBus = async ({ dataDir, messages, ...rounds }: BusBench): Promise<Verdict> => {
  const { onProgress, signal } = rounds
  await using opened = new AsyncDisposableStack()
  await ensureInstalled({ onProgress, signal })
  const stack = opened.use(await startStack({ dataDir, signal, onProgress, ephemeral: true }))
  const { endpoints } = await stack.createIsolate()
  const route: Route = {
    url: endpoints.amqpUrl,
    exchange: FACTS_EXCHANGE,
    routingKey: JobRan.type,
    queue: 'persister.facts',
    window: WINDOW,
    prefetch: PREFETCH,
  }
  const peers: Peer[] = []
  // Ours first: it declares the topology that the others use.
  for (const open of [surepostPeer, amqplibPeer, rabbitmqClientPeer, rascalPeer, connectionManagerPeer])
    peers.push(opened.use(await open(route, body)))
  const same = opened.use(await amqplibPeer(route, body, 'ours'))
  const [ours] = peers
  if (ours === undefined) throw new Error('there are no peers')
  const model = await connect(route.url)
  opened.defer(() => model.close())
  const channel = await model.createChannel()
  const fill = async (): Promise<void> => {
    await channel.purgeQueue(route.queue)
    await timed(messages, WINDOW, () => ours.publish())
  }
  const contenders = [
    ...peers.flatMap((peer) => [publishing(peer, messages), consuming(peer, messages, fill)]),
    publishing(same, messages),
  ]
  const found = await interleaved(contenders, rounds)
  const targets = ['publish', 'consume'].flatMap((kind) =>
    PEERS.map((peer) => ({ of: `${kind} surepost`, to: `${kind} ${peer}`, atLeast: peer === 'amqplib' ? 0.9 : 1 })),
  )
  // Shown without a target: what is left when the message is the same is the code's own.
  const shown = { of: 'publish surepost', to: `publish ${SAME_MESSAGE}`, atLeast: 0 }
  return verdictOf('bus', found, [...targets, shown])
}
