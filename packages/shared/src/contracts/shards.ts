import { createHash } from 'node:crypto'
import type { AccountId } from './ids.ts'

/** The broker shard that owns an account: the first four bytes of SHA-256 of its id, modulo the fixed number of shards. */
export const shardOf = (account: AccountId, shards: number): number =>
  createHash('sha256').update(account).digest().readUInt32BE(0) % shards
