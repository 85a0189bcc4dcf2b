import { createHmac } from 'node:crypto'
import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '@surepost/testkit'
import { loadSecrets, supabaseKey } from '../../src/secrets.ts'

test('a Supabase key is a JWT of its role, signed with the secret', () => {
  const [header = '', payload = '', signature] = supabaseKey('a secret', 'service_role').split('.')
  expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({ alg: 'HS256', typ: 'JWT' })
  expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({ role: 'service_role' })
  expect(signature).toBe(createHmac('sha256', 'a secret').update(`${header}.${payload}`).digest('base64url'))
})

test('secrets are made once per folder and can be read by their owner only', () => {
  const dataDir = temporaryFolder()
  const made = loadSecrets(dataDir)
  expect(loadSecrets(dataDir)).toEqual(made)
  expect(loadSecrets(temporaryFolder())).not.toEqual(made)
  expect(statSync(join(dataDir, 'secrets.json')).mode & 0o077).toBe(0)
  expect(Buffer.from(made.sessionKey, 'base64')).toHaveLength(32)
})

test('a damaged file of secrets is refused with its name, not replaced', () => {
  const dataDir = temporaryFolder()
  writeFileSync(join(dataDir, 'secrets.json'), '{"apiKey": 1}')
  expect(() => loadSecrets(dataDir)).toThrow(/secrets\.json is damaged/)
  writeFileSync(join(dataDir, 'secrets.json'), '{"apiKey')
  expect(() => loadSecrets(dataDir)).toThrow(/secrets\.json is damaged/)
})
