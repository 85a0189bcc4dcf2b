/** All that the page knows, in one place; `update` changes it and has the page drawn once per frame. */
export const store = {
  /** @type {boolean | null} null until it was asked */
  signedIn: null,
  /** @type {{ view: string, id: string | null }} */
  route: { view: 'overview', id: null },
  /** @type {'open' | 'lost'} the event stream */
  stream: 'lost',
  overview: null,
  latest: null,
  feed: [],
  posts: { items: null, next: null, busy: false, filter: 'all', account: '', error: null },
  post: { id: null, item: null, facts: null, error: null },
  accounts: { items: null, error: null, editing: null },
  draft: null,
  dialog: null,
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
