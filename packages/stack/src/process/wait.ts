import { setTimeout as sleep } from 'node:timers/promises'
import { StackError } from '../errors.ts'
import { tailOf } from './log.ts'
import type { ManagedProcess } from './managed.ts'

interface WaitOptions {
  readonly timeoutMs: number
  /** Log whose end explains a failure. */
  readonly logFile: string
  readonly signal?: AbortSignal
}

/**
 * Poll until `check` answers true, the process ends, the time is up or the signal aborts.
 * @throws StackError naming the process, what happened and the end of its log
 */
export const waitReady = async (
  subject: ManagedProcess,
  check: (signal: AbortSignal) => Promise<boolean>,
  options: WaitOptions,
): Promise<void> => {
  const deadline = AbortSignal.timeout(options.timeoutMs)
  const signal = options.signal ? AbortSignal.any([deadline, options.signal]) : deadline
  for (;;) {
    options.signal?.throwIfAborted()
    if (!subject.running) {
      const exit = await subject.exited
      throw new StackError(
        `${subject.name} ended while starting (${exit.signal ?? `exit ${exit.code}`}). ${tailOf(options.logFile)}`,
      )
    }
    if (await attempt(check, signal)) return
    if (deadline.aborted)
      throw new StackError(
        `${subject.name} was not ready after ${options.timeoutMs / 1000} s. ${tailOf(options.logFile)}`,
      )
    await sleep(25, undefined, { signal }).catch(() => undefined)
  }
}

const attempt = async (check: (signal: AbortSignal) => Promise<boolean>, signal: AbortSignal): Promise<boolean> => {
  try {
    return await check(AbortSignal.any([signal, AbortSignal.timeout(2_000)]))
  } catch {
    return false
  }
}

/** A check that holds when the URL answers with success. */
export const answers =
  (url: string, headers: Readonly<Record<string, string>> = {}) =>
  async (signal: AbortSignal): Promise<boolean> => {
    const response = await fetch(url, { headers, signal })
    await response.body?.cancel()
    return response.ok
  }
