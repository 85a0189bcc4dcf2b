import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'
import { StackError } from './errors.ts'

/**
 * Every port of a stack lies in one block. Blocks are below the range from which Linux takes the ports of outgoing
 * connections (32768 and up), so a stopped dependency finds its port free again when it is started.
 */
const PORT_NAMES = [
  'control',
  'amqp',
  'rabbitmqManagement',
  'rabbitmqPrometheus',
  'epmd',
  'rabbitmqDistribution',
  'postgres',
  'postgrest',
  'postgrestAdmin',
  'gateway',
  'playground',
  'console',
  'broker',
  'opsPersister',
  'opsBroker',
  'opsPoster',
  'opsScraper',
  'opsReplier',
  'opsConsole',
  'opsReplica1',
  'opsReplica2',
  'opsReplica3',
  'opsReplica4',
] as const

export type PortName = (typeof PORT_NAMES)[number]
export type Ports = Readonly<Record<PortName, number>>

const BLOCK = 32
const LOWEST = 20_000
const HIGHEST = 32_000

/** The ports of the block that begins at `base`. */
export const portsFrom = (base: number): Ports =>
  Object.fromEntries(PORT_NAMES.map((name, index) => [name, base + index])) as Record<PortName, number>

/** Which of these ports something listens on, by name. */
export const takenPorts = async (ports: Ports): Promise<readonly PortName[]> => {
  const free = await Promise.all(PORT_NAMES.map((name) => isFree(ports[name])))
  return PORT_NAMES.filter((_, index) => !free[index])
}

/**
 * A block of free ports: `wanted` (an error when any of it is taken), else `preferred` when free, else a random one.
 * @throws StackError when the wanted block is not free or none was found
 */
export const chooseBase = async (options: {
  readonly wanted?: number
  readonly preferred?: number
}): Promise<number> => {
  if (options.wanted !== undefined) return checkedBase(options.wanted)
  const candidates = Array.from({ length: 30 }, () => LOWEST + randomInt((HIGHEST - LOWEST) / BLOCK) * BLOCK)
  if (options.preferred !== undefined) candidates.unshift(options.preferred)
  for (const base of candidates) if ((await takenPorts(portsFrom(base))).length === 0) return base
  throw new StackError(
    `No free block of ${BLOCK} ports was found between ${LOWEST} and ${HIGHEST}. Stop what listens there, or name a block with --port.`,
  )
}

const checkedBase = async (base: number): Promise<number> => {
  if (!Number.isInteger(base) || base < 1024 || base > 65_535 - BLOCK) {
    throw new StackError(
      `--port must be a whole number from 1024 to ${65_535 - BLOCK}, the first of ${BLOCK} ports; it was ${base}.`,
    )
  }
  const ports = portsFrom(base)
  const taken = await takenPorts(ports)
  if (taken.length === 0) return base
  const list = taken.map((name) => `${ports[name]} (${name})`).join(', ')
  throw new StackError(
    `Port ${list} is already taken, perhaps by another stack. Name another block with --port, or leave it out to have one chosen.`,
  )
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })

/** A port that the system picks, for things that live briefly. */
export const ephemeralPort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() =>
        address && typeof address === 'object'
          ? resolve(address.port)
          : reject(new StackError('No port could be had.')),
      )
    })
  })
