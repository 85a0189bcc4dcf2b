import type { Lease } from './types.ts'

/**
 * Work under a lease, and release it: as clean when `work` returns, and as failed when it throws, so that its browser is not
 * used again and what may be half a session is not kept. (An `await using` block is not told why it is left.)
 * @throws what `work` throws
 */
export const withLease = async <T>(lease: Lease, work: (lease: Lease) => Promise<T>): Promise<T> => {
  await using held = lease
  try {
    return await work(held)
  } catch (error) {
    held.taint()
    throw error
  }
}
