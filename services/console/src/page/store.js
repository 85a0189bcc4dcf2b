/** All that the page knows, in one place; `update` changes it and has the page drawn once per frame. */
export const store = {
  /** @type {boolean | null} null until it was asked */
  signedIn: null,
  /** @type {{ view: string, id: string | null }} */
  route: { view: 'overview', id: null },
  /** @type {'open' | 'lost'} the event stream */
  stream: 'lost',
  /** @type {any} what GET /v1/overview answered */
  overview: null,
  /** @type {any[] | null} */
  latest: null,
  /** @type {any[]} the latest facts, newest first */
  feed: [],
  /** @type {{ items: any[] | null, next: string | null, busy: boolean, filter: string, account: string, error: string | null }} */
  posts: { items: null, next: null, busy: false, filter: 'all', account: '', error: null },
  /** @type {{ id: string | null, item: any, facts: any[] | null, error: string | null }} */
  post: { id: null, item: null, facts: null, error: null },
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
