import { call } from './api.js'
import { h, patch } from './dom.js'
import { PLACES, frame } from './frame.js'
import { listenToKeys } from './keys.js'
import { connect, onFact, onOpen, throttled } from './live.js'
import { onDraw, store, update } from './store.js'
import * as accounts from './views/accounts.js'
import * as compose from './views/compose.js'
import * as overview from './views/overview.js'
import * as post from './views/post.js'
import * as posts from './views/posts.js'
import { signIn } from './views/sign-in.js'
import * as system from './views/system.js'

const VIEWS = { overview, posts, compose, accounts, system }
const app = /** @type {HTMLElement} */ (document.getElementById('app'))

const current = () => (store.route.view === 'posts' && store.route.id !== null ? post : VIEWS[store.route.view])

const draw = () => {
  if (store.signedIn === null) return patch(app, [])
  if (!store.signedIn) return patch(app, [signIn()])
  patch(app, [frame(current().view())])
}

/** Reads what the view shows again; bursts of events become one reading. */
const refresh = throttled(async () => {
  if (store.signedIn) await current().load()
}, 600)

const go = () => {
  const [, view, id = null] = location.hash.split('/')
  const known = PLACES.find(([name]) => name === view)
  const route = { view: known ? view : 'overview', id: view === 'posts' ? id : null }
  document.title = `${known?.[1] ?? 'Overview'} · Surepost`
  update({ route, dialog: null })
  window.scrollTo(0, 0)
  if (store.signedIn)
    current()
      .load()
      .catch(() => {})
}

/** Facts that a view shows are read again; those of other posts do not disturb the one that is looked at. */
const concerns = (fact) => {
  if (store.route.view === 'compose') return false
  if (store.route.view === 'accounts') return fact.type.startsWith('account.')
  if (store.route.id !== null) return fact.postId === store.route.id
  return fact.type !== 'pool.pressure' || store.route.view !== 'posts'
}

let wasSignedIn = false
onDraw(() => {
  if (store.signedIn === true && !wasSignedIn) {
    connect()
    go()
  }
  wasSignedIn = store.signedIn === true
  draw()
})
/** A fact is seen when it is said; the database has it a moment later, when its batch is applied. */
const RECORDED_MS = 1_500
onFact((fact) => {
  if (!concerns(fact)) return
  void refresh()
  setTimeout(refresh, RECORDED_MS)
})
onOpen(() => void refresh())
window.addEventListener('hashchange', go)
listenToKeys()
// What no fact tells: queues, what becomes overdue, what was recorded late. A page that nobody looks at rests.
setInterval(() => {
  if (!document.hidden && store.signedIn && store.route.view !== 'compose') void refresh()
}, 5_000)

call('GET', '/session').then(
  ({ signedIn }) => update({ signedIn }),
  (error) => {
    patch(app, [h('p', { class: 'empty' }, error.message)])
  },
)
