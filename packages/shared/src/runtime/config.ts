import { z } from 'zod'
import { ConfigError } from '../errors/index.ts'

type Env = Readonly<Record<string, string | undefined>>

const secrets = new WeakSet<object>()
/** Names that are treated as secret even when nobody marked them: forgetting the mark must not leak. */
const SECRET_NAME = /KEY|SECRET|TOKEN|PASSWORD|CREDENTIAL/

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

const parsedUrl = (value: string): URL | undefined => (URL.canParse(value) ? new URL(value) : undefined)

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

const isSecret = (schema: unknown): boolean => {
  for (let inner = schema; typeof inner === 'object' && inner !== null; ) {
    if (secrets.has(inner)) return true
    const def: { innerType?: unknown; in?: unknown } | undefined = (inner as { def?: object }).def
    inner = def?.innerType ?? def?.in
  }
  return false
}

/** The value as it may be shown: quoted, without credentials, not too long. */
const shown = (value: string): string => {
  const parsed = parsedUrl(value)
  if (parsed !== undefined && (parsed.username !== '' || parsed.password !== '')) {
    parsed.username = parsed.password = ''
    return `"${parsed.href}" (credentials left out)`
  }
  return `"${value.length > 80 ? `${value.slice(0, 80)}…` : value}"`
}

const sentence = (name: string, value: string | undefined, schema: unknown, message: string): string => {
  // Zod's own words start with a capital; ours start with "must".
  const must = message.startsWith('must') || message.startsWith('is ') ? message : `must be right: ${message}`
  if (value === undefined) return `${name} is missing: it ${must.startsWith('must be right') ? 'must be set' : must}.`
  if (isSecret(schema) || SECRET_NAME.test(name)) return `${name} is wrong (its value is not shown): it ${must}.`
  return `${name} was ${shown(value)}: it ${must}.`
}

/**
 * Read typed configuration from environment variables. Only the variables of the shape are looked at; an empty one
 * counts as not set.
 * @param shape variable name → schema of its string (see `url`, `port`, `milliseconds`, `secret` …), or a `z.object`
 *   of them where variables depend on each other
 * @throws ConfigError with one sentence per variable that is wrong
 */
export const parseConfig = <Shape extends z.ZodRawShape>(
  shape: Shape | z.ZodObject<Shape>,
  env: Env = process.env,
): z.output<z.ZodObject<Shape>> => {
  const schema: z.ZodObject<Shape> = shape instanceof z.ZodObject ? shape : (z.object(shape) as z.ZodObject<Shape>)
  const names = Object.keys(schema.shape)
  const given = Object.fromEntries(names.map((name) => [name, env[name] === '' ? undefined : env[name]]))
  const result = schema.safeParse(given)
  if (result.success) return result.data
  const sentences = new Map<string, string>()
  for (const issue of result.error.issues) {
    const name = String(issue.path[0] ?? '')
    if (sentences.has(name)) continue
    sentences.set(name, name === '' ? issue.message : sentence(name, given[name], schema.shape[name], mustOf(issue, schema.shape[name])))
  }
  throw new ConfigError([...sentences.values()].join('\n'))
}

/** What a variable must be. A missing one fails at "a string", so what it must be is asked with a value that no schema takes. */
const mustOf = (issue: z.core.$ZodIssue, schema: unknown): string => {
  if (!(schema instanceof z.ZodType) || issue.code !== 'invalid_type') return issue.message
  const probe = schema.safeParse('\u0000')
  return probe.success ? 'must be set' : (probe.error.issues[0]?.message ?? 'must be set')
}
