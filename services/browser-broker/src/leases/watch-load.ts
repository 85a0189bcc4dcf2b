import { gauge, pause } from '@surepost/shared/runtime'
import type { Logger } from 'pino'
import { type Admission, type AdmissionLimits, type Load, OPEN, nextAdmission } from './admission.ts'

const READ_EVERY_MS = 2_000

export interface LoadWatch extends AsyncDisposable {
  readonly load: Load
  readonly admission: Admission
}

const held = gauge('surepost_background_held', 'Background work is held back: 1, by reason.', ['reason'])

/** Read the load every two seconds. @param onChange called when background work is admitted otherwise than before */
export const watchLoad = (
  read: () => Promise<Load>,
  limits: () => AdmissionLimits,
  onChange: () => void,
  log: Logger,
): LoadWatch => {
  const stopping = new AbortController()
  let load: Load = { cpuPercent: null, memoryFreeMiB: null }
  let admission = OPEN
  const look = async (): Promise<void> => {
    load = await read()
    const before = admission
    admission = nextAdmission(before, load, limits())
    held.set({ reason: 'cpu' }, admission.cpu === 'narrow' ? 1 : 0)
    held.set({ reason: 'memory' }, admission.memory === 'short' ? 1 : 0)
    if (admission.cpu === before.cpu && admission.memory === before.memory) return
    log.info({ ...admission, load }, 'background work is admitted otherwise than before')
    onChange()
  }
  const running = (async () => {
    do await look()
    while (await pause(READ_EVERY_MS, stopping.signal))
  })()
  return {
    get load() {
      return load
    },
    get admission() {
      return admission
    },
    async [Symbol.asyncDispose]() {
      stopping.abort()
      await running
    },
  }
}
