import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { type AccountId } from '@surepost/shared/contracts'
import { PermanentError } from '@surepost/shared/errors'
import { z } from 'zod'

/** Playwright's `storageState`; what is inside cookies and origins is Playwright's own affair. */
export const StorageState = z.object({
  cookies: z.array(z.object({ name: z.string(), value: z.string() }).loose()).max(2_000),
  origins: z.array(z.object({ origin: z.string() }).loose()).max(200),
})
export type StorageState = z.infer<typeof StorageState>

/** Bytes of a session in JSON: X's is about 10 KB. */
const MOST_BYTES = 2 * 1024 * 1024

/** Layout of a sealed session: version (1 byte), nonce (12), tag (16), ciphertext. */
const VERSION = 1
const NONCE = 12
const TAG = 16

/** Sessions at rest: AES-256-GCM, bound to their account, so that one cannot be moved to another. */
export interface Sealing {
  seal(account: AccountId, session: StorageState): Uint8Array
  /** @throws PermanentError `session_sealed` when it was sealed with another key or altered */
  open(account: AccountId, sealed: Uint8Array): StorageState
}

/** @param key 32 bytes */
export const sealingWith = (key: Buffer): Sealing => ({
  seal(account, session) {
    const clear = Buffer.from(JSON.stringify(StorageState.parse(session)))
    if (clear.length > MOST_BYTES)
      throw new PermanentError('session_size', `A session may have ${MOST_BYTES} bytes; this one has ${clear.length}.`)
    const nonce = randomBytes(NONCE)
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(account))
    const sealed = Buffer.concat([cipher.update(clear), cipher.final()])
    return Buffer.concat([Buffer.of(VERSION), nonce, cipher.getAuthTag(), sealed])
  },
  open(account, sealed) {
    const bytes = Buffer.from(sealed)
    try {
      if (bytes[0] !== VERSION) throw new Error('version')
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(1, 1 + NONCE)).setAAD(Buffer.from(account))
      decipher.setAuthTag(bytes.subarray(1 + NONCE, 1 + NONCE + TAG))
      const clear = Buffer.concat([decipher.update(bytes.subarray(1 + NONCE + TAG)), decipher.final()])
      return StorageState.parse(JSON.parse(clear.toString()))
    } catch {
      // The cause is left out: it could quote the session.
      throw new PermanentError(
        'session_sealed',
        `The session of ${account} cannot be opened with this SESSION_KEY; give the session again.`,
      )
    }
  },
})
