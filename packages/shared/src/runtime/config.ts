import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { ConfigError, messageOf } from '../errors/index.ts'
import { isSecret, parsedUrl } from './variables.ts'

type Env = Readonly<Record<string, string | undefined>>
type Fields = Readonly<Record<string, z.core.$ZodType>>

/** Names that are treated as secret even when nobody marked them: forgetting the mark must not leak. */
const SECRET_NAME = /KEY|SECRET|TOKEN|PASSWORD|CREDENTIAL/

/** Variable name → schema of its string, or an object schema of them where variables depend on each other. */
export type ConfigSchema = z.ZodRawShape | z.ZodObject | z.ZodDiscriminatedUnion
export type ConfigOf<S extends ConfigSchema> = S extends z.ZodType
  ? z.output<S>
  : S extends z.ZodRawShape
    ? z.output<z.ZodObject<S>>
    : never

/**
 * Read typed configuration from environment variables. Only the variables of the schema are looked at; an empty one
 * counts as not set. In place of `NAME`, `NAME_FILE` may name a file that holds the value: a mounted secret.
 * @param schema see `url`, `port`, `milliseconds`, `secret` … for the schemas of single variables
 * @throws ConfigError with one sentence per variable that is wrong; the value of a secret is never in it
 */
export const parseConfig = <S extends ConfigSchema>(schema: S, env: Env = process.env): ConfigOf<S> => {
  const whole: z.ZodType = schema instanceof z.ZodType ? schema : z.object(schema)
  const fields = fieldsOf(whole)
  const given = Object.fromEntries(Object.keys(fields).map((name) => [name, valueOf(name, env)]))
  refuseDemoSecrets(given, env)
  const result = whole.safeParse(given)
  // The output type follows from the schema, which `whole` has widened.
  if (result.success) return result.data as ConfigOf<S>
  const sentences = new Map<string, string>()
  for (const issue of result.error.issues) {
    const name = String(issue.path[0] ?? '')
    if (!sentences.has(name)) sentences.set(name, sentence(name, given[name], fields[name], issue))
  }
  throw new ConfigError([...sentences.values()].join('\n'))
}

const valueOf = (name: string, env: Env): string | undefined => {
  const [value, file] = [env[name], env[`${name}_FILE`]]
  if (value) return value
  if (!file) return undefined
  try {
    return readFileSync(file, 'utf8').trimEnd() || undefined
  } catch (error) {
    throw new ConfigError(`${name}_FILE was ${shown(file)}: it must be a file that can be read (${messageOf(error)}).`)
  }
}

/** What every secret of `.env.example` has in it. */
const DEMO_ONLY = 'demo-only'
const REAL_SITE = /^https?:\/\/([^/]*\.)?(x|twitter)\.com(?![^/:])/i

/** The secrets of the demo are known to everybody: they serve a playground, and nothing else. */
const refuseDemoSecrets = (given: Env, env: Env): void => {
  const known = Object.keys(given).filter((name) => given[name]?.includes(DEMO_ONLY))
  const site = env['X_BASE_URL'] ?? ''
  if (known.length === 0 || (site !== '' && !REAL_SITE.test(site))) return
  throw new ConfigError(
    `${known.join(', ')}: the demo's secrets are known to everybody and serve a playground only (X_BASE_URL); make new ones with deploy/new-secrets.sh.`,
  )
}

const fieldsOf = (schema: z.core.$ZodType): Fields => {
  if (schema instanceof z.ZodObject) return schema.shape
  if (!(schema instanceof z.ZodDiscriminatedUnion)) return {}
  const options = schema.options.map(fieldsOf)
  const name = schema.def.discriminator
  // Each option knows one value of the discriminator; the variable may have any of them.
  return Object.assign({}, ...options, { [name]: z.union(options.flatMap((fields) => fields[name] ?? [])) })
}

const sentence = (
  name: string,
  value: string | undefined,
  schema: z.core.$ZodType | undefined,
  issue: z.core.$ZodIssue,
): string => {
  if (name === '') return issue.message
  if (value === undefined) return `${name} is missing: it ${mustOfMissing(schema, issue)}.`
  const must = issue.code === 'invalid_union' ? mustOfMissing(schema, issue) : mustOf(issue)
  if (isSecret(schema) || SECRET_NAME.test(name)) return `${name} is wrong (its value is not shown): it ${must}.`
  return `${name} was ${shown(value)}: it ${must}.`
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

/** What a variable must be, in words that follow "it". Our own schemas say so themselves; Zod's issues are put into words. */
const mustOf = (issue: z.core.$ZodIssue): string => {
  if (issue.message.startsWith('must ')) return issue.message
  switch (issue.code) {
    case 'invalid_type':
      return `must be a ${issue.expected === 'int' ? 'whole number' : issue.expected}`
    case 'too_small':
      return issue.origin === 'string'
        ? `must have at least ${issue.minimum} characters`
        : `must be at least ${issue.minimum}`
    case 'too_big':
      return issue.origin === 'string'
        ? `must have at most ${issue.maximum} characters`
        : `must be at most ${issue.maximum}`
    case 'invalid_format':
      return issue.format === 'url' ? 'must be a URL' : `must be in the format ${issue.format}`
    case 'invalid_value':
      return `must be ${issue.values.join(' or ')}`
    case 'invalid_union':
      return issue.errors
        .flatMap((errors) => errors.slice(0, 1).map(mustOf))
        .map((must, i) => (i === 0 ? must : must.replace(/^must be /, '')))
        .join(' or ')
    default:
      return `is not right (${issue.message})`
  }
}

/** A missing variable fails at "a string": what it must be is asked with a value that no schema takes. */
const mustOfMissing = (schema: z.core.$ZodType | undefined, issue: z.core.$ZodIssue): string => {
  if (!(schema instanceof z.ZodType)) return mustOf(issue)
  const [probe] = schema.safeParse('\u0000').error?.issues ?? []
  return probe === undefined ? 'must be set' : mustOf(probe)
}
