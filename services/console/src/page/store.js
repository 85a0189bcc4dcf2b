/** All that the page knows, in one place; `update` changes it and has the page drawn once per frame. */
export const store = {
  /** @type {boolean | null} null until it was asked */
  signedIn: null,
  /** @type {{ view: string, id: string | null, sub: string | null }} */
  route: { view: 'overview', id: null, sub: null },
  /** @type {'open' | 'lost'} the event stream */
  stream: 'lost',
  /** @type {any[] | null} what the console stands on, as it says; null until it did */
  dependencies: null,
  /** @type {string | null} since when the console itself does not answer */
  silentSince: null,
  /** @type {any} what GET /v1/overview answered */
  overview: null,
  /** @type {any[] | null} */
  latest: null,
  /** @type {any[]} the latest facts, newest first */
  feed: [],
  /** @type {{ items: any[] | null, next: string | null, busy: boolean, filter: string, account: string, error: string | null }} */
  posts: { items: null, next: null, busy: false, filter: 'all', account: '', error: null },
  /** @type {{ id: string | null, item: any, facts: any[] | null, readings: any[], mention: any, figure: string, editing: any, error: string | null }} */
  post: { id: null, item: null, facts: null, readings: [], mention: null, figure: 'views', editing: null, error: null },
  /** @type {{ items: any[] | null, more: boolean, error: string | null }} */
  approvals: { items: null, more: false, error: null },
  /** @type {{ hours: number, answer: any, error: string | null }} */
  metrics: { hours: 24, answer: null, error: null },
  /** @type {any} the last 24 hours, for the overview */
  activity: null,
  /** @type {{ items: any[] | null, error: string | null }} */
  queues: { items: null, error: null },
  /** @type {{ letters: any[] | null, counts: any[], error: string | null, letter: any, edited: string | null, troubles: any[] }} */
  dead: { letters: null, counts: [], error: null, letter: null, edited: null, troubles: [] },
  /** @type {{ answer: any, error: string | null }} */
  browsers: { answer: null, error: null },
  /** @type {{ jobs: any[] | null, breakers: any[] | null, error: string | null }} */
  jobs: { jobs: null, breakers: null, error: null },
  /** @type {{ items: any[] | null, error: string | null }} */
  alerts: { items: null, error: null },
  /** @type {any[]} the newest alerts that stand, for the overview */
  standing: [],
  /** @type {any[] | null} the latest audits; null while nobody tells them */
  audits: null,
  /** @type {any} what GET /v1/kill-switch answered */
  killSwitch: null,
  /** @type {{ items: any[] | null, error: string | null, editing: any }} */
  accounts: { items: null, error: null, editing: null },
  /** @type {any} */
  draft: null,
  /** @type {'keys' | null} */
  dialog: null,
  /** @type {string | null} */
  signInError: null,
  /** @type {string | null} */
  latestError: null,
}

let drawn = () => {}
let asked = false

/** @param {() => void} draw */
export const onDraw = (draw) => {
  drawn = draw
}

/** @param {Partial<typeof store>} [change] */
export const update = (change = {}) => {
  Object.assign(store, change)
  if (asked) return
  asked = true
  requestAnimationFrame(() => {
    asked = false
    drawn()
  })
}
