import { store, update } from './store.js'

const FEED = 40

/** @type {EventSource | undefined} */
let source
/** @type {Set<(fact: { type: string, postId?: string, account?: string }) => void>} */
const listeners = new Set()
/** @type {Set<() => void>} */
const openers = new Set()

/** @param {(fact: any) => void} listener every fact as it happens */
export const onFact = (listener) => void listeners.add(listener)
/** @param {() => void} listener the stream is (again) open: what was missed must be read */
export const onOpen = (listener) => void openers.add(listener)

export const connect = () => {
  source?.close()
  source = new EventSource('/v1/events')
  source.addEventListener('open', () => {
    update({ stream: 'open', silentSince: null })
    for (const listener of openers) listener()
  })
  source.addEventListener('error', () => {
    update({ stream: 'lost', silentSince: store.silentSince ?? new Date().toISOString() })
    // A refused stream (signed out, too many) is not tried again by the browser.
    if (source?.readyState === EventSource.CLOSED) setTimeout(() => store.signedIn && connect(), 5_000)
  })
  source.addEventListener('health', (event) => update({ dependencies: JSON.parse(event.data).dependencies }))
  source.addEventListener('fact', (event) => {
    const fact = JSON.parse(event.data)
    if (!/^(pool|lease)\./.test(fact.type)) update({ feed: [fact, ...store.feed].slice(0, FEED) })
    for (const listener of listeners) listener(fact)
  })
}

export const disconnect = () => {
  source?.close()
  source = undefined
  update({ stream: 'lost', feed: [] })
}

/**
 * At most one run at a time and one more after it, however often it is asked for: events come in bursts.
 * @param {() => Promise<void>} work
 * @param {number} gapMs
 */
export const throttled = (work, gapMs) => {
  let running = false
  let again = false
  const run = async () => {
    if (running) {
      again = true
      return
    }
    running = true
    await work().catch(() => {})
    await new Promise((resolve) => setTimeout(resolve, gapMs))
    running = false
    if (again) {
      again = false
      void run()
    }
  }
  return run
}
