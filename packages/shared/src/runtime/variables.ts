import { z } from 'zod'

const secrets = new WeakSet<object>()

const wholeNumber = (must: string, least: number, most: number) =>
  z
    .string()
    .regex(/^-?\d+$/, must)
    .transform(Number)
    .refine((n) => n >= least && n <= most, must)

/** A whole number between two bounds, both included. */
export const integer = (least: number, most: number) =>
  wholeNumber(`must be a whole number from ${least} to ${most}`, least, most)

/** A TCP port; 0 lets the system choose one. */
export const port = () => wholeNumber('must be a port number, 0 to 65535', 0, 65_535)

/** A length of time in milliseconds, written as a whole number. */
export const milliseconds = (least = 0, most = 2_147_483_647) =>
  wholeNumber(`must be a number of milliseconds from ${least} to ${most}`, least, most)

/** The URL that a string is, if it is one. */
export const parsedUrl = (value: string): URL | undefined => (URL.canParse(value) ? new URL(value) : undefined)

/** An absolute URL of one of the given schemes. Credentials in it are never repeated in a message. */
export const url = (...schemes: readonly string[]) => {
  const must = `must be a URL that starts with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`
  return z.string().refine((value) => schemes.includes(parsedUrl(value)?.protocol.slice(0, -1) ?? ''), must)
}

/** A value that is never repeated in a message or a log. `least` is its least length in characters. */
export const secret = (least = 1) => {
  const schema = z.string().min(least, `must have at least ${least} character${least === 1 ? '' : 's'}`)
  secrets.add(schema)
  return schema
}

/** Mark any schema of a variable as secret. */
export const asSecret = <S extends z.ZodType>(schema: S): S => {
  secrets.add(schema)
  return schema
}

/** `true` or `false`. */
export const flag = () => z.enum(['true', 'false'], 'must be true or false').transform((value) => value === 'true')

/** Values separated by `separator`; empty ones are left out. */
export const list = (separator = ',') =>
  z.string().transform((value) =>
    value
      .split(separator)
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  )

/** What every service that speaks to RabbitMQ reads. */
export const amqpVariables = {
  AMQP_URL: url('amqp', 'amqps'),
  RABBITMQ_MANAGEMENT_URL: url('http', 'https').optional(),
  BROKER_SHARDS: integer(1, 1_024).default(1),
}

/** What every service reads, by `runService`. */
export const serviceVariables = {
  OPS_HOST: z.string().default('0.0.0.0'),
  OPS_PORT: port(),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal'], 'must be trace, debug, info, warn, error or fatal')
    .default('info'),
  SHUTDOWN_GRACE_MS: milliseconds(1, 600_000).default(25_000),
}

/** Whether a schema, or one inside it, was marked as secret. */
export const isSecret = (schema: unknown): boolean => {
  for (let inner = schema; typeof inner === 'object' && inner !== null; ) {
    if (secrets.has(inner)) return true
    const def: { innerType?: unknown; in?: unknown } | undefined = (inner as { def?: object }).def
    inner = def?.innerType ?? def?.in
  }
  return false
}
