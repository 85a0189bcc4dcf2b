import { createHmac, randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { StackError } from './errors.ts'

const Secrets = z.strictObject({
  postgresPassword: z.string(),
  authenticatorPassword: z.string(),
  rabbitmqPassword: z.string(),
  erlangCookie: z.string(),
  jwtSecret: z.string(),
  apiKey: z.string(),
  brokerAdminKey: z.string(),
  /** 32 bytes, base64. */
  sessionKey: z.string(),
  controlToken: z.string(),
})

/** Everything secret of one stack: made once per data folder, kept in a file that only its owner reads. */
export type Secrets = z.infer<typeof Secrets>

const jsonOf = (file: string): unknown => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

const token = (): string => randomBytes(24).toString('hex')

/** The folder's secrets, made at the first call. @throws StackError when the file is damaged */
export const loadSecrets = (dataDir: string): Secrets => {
  const file = join(dataDir, 'secrets.json')
  if (existsSync(file)) {
    const parsed = Secrets.safeParse(jsonOf(file))
    if (parsed.success) return parsed.data
    throw new StackError(
      `${file} is damaged. Remove the data folder to start afresh; its posts and sessions go with it.`,
    )
  }
  const made: Secrets = {
    postgresPassword: token(),
    authenticatorPassword: token(),
    rabbitmqPassword: token(),
    erlangCookie: randomBytes(20).toString('hex').toUpperCase(),
    jwtSecret: token() + token(),
    apiKey: `sp_${token()}`,
    brokerAdminKey: token(),
    sessionKey: randomBytes(32).toString('base64'),
    controlToken: token(),
  }
  writeFileSync(file, `${JSON.stringify(made, null, 2)}\n`, { mode: 0o600 })
  return made
}

/** The role that a Supabase key names. */
export type KeyRole = 'anon' | 'service_role'

const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** A Supabase API key: an HS256 JWT (RFC 7515) that names a database role. Issued at a fixed time, so it is stable. */
export const supabaseKey = (jwtSecret: string, role: KeyRole): string => {
  const unsigned = `${base64url({ alg: 'HS256', typ: 'JWT' })}.${base64url({ role, iss: 'supabase', iat: 1_700_000_000, exp: 2_082_758_400 })}`
  return `${unsigned}.${createHmac('sha256', jwtSecret).update(unsigned).digest('base64url')}`
}
