import { call, get } from './api.js'
import { h, patch } from './dom.js'
import { frame } from './frame.js'
import { listenToKeys } from './keys.js'
import { connect, onFact, onOpen, throttled } from './live.js'
import { placeOf } from './places.js'
import { onDraw, store, update } from './store.js'
import * as accounts from './views/accounts.js'
import * as alerts from './views/alerts.js'
import * as approvals from './views/approvals.js'
import * as browsers from './views/browsers.js'
import * as compose from './views/compose.js'
import * as dead from './views/dead.js'
import * as jobs from './views/jobs.js'
import * as letter from './views/letter.js'
import * as metrics from './views/metrics.js'
import * as more from './views/more.js'
import * as overview from './views/overview.js'
import * as post from './views/post.js'
import * as posts from './views/posts.js'
import * as queues from './views/queues.js'
import { signIn } from './views/sign-in.js'

/** `facts`: what a view shows again when it happens. @type {Record<string, any>} */
const VIEWS = { overview, posts, approvals, compose, metrics, accounts, queues, dead, browsers, jobs, alerts, more }
/** Views of one thing of a list. @type {Record<string, any>} */
const ONE = { posts: post, dead: letter }
const app = /** @type {HTMLElement} */ (document.getElementById('app'))

const current = () => (store.route.id !== null && ONE[store.route.view]) || VIEWS[store.route.view]

const draw = () => {
  if (store.signedIn === null) return patch(app, [])
  if (!store.signedIn) return patch(app, [signIn()])
  patch(app, [frame(current().view())])
}

/** The bar's counts come with the overview, whatever is looked at. */
const readCounts = async () => {
  if (store.route.view === 'overview') return
  await get('/v1/overview').then(
    (answer) => update({ overview: answer }),
    () => {},
  )
}

/** Reads what the view shows again; bursts of events become one reading. */
const refresh = throttled(async () => {
  if (store.signedIn) await Promise.all([current().load(), readCounts()])
}, 600)

/** The parts of the address; one that cannot be decoded is that of no place. @returns {string[]} */
const address = () => {
  try {
    return location.hash.split('/').map(decodeURIComponent)
  } catch {
    return []
  }
}

const go = () => {
  const [, view = '', id = null, sub = null] = address()
  const isKnown = Object.hasOwn(VIEWS, view)
  const name = isKnown ? view : 'overview'
  const route = { view: name, id: Object.hasOwn(ONE, name) && id !== '' ? id : null, sub }
  document.title = `${placeOf(name)?.label ?? 'More'} · Surepost`
  const moved = store.route.view !== route.view || store.route.id !== route.id
  update({ route, dialog: null })
  window.scrollTo(0, 0)
  if (!store.signedIn) return
  current()
    .load()
    .catch(() => {})
  // Whoever goes on by keyboard or reads by ear is at the beginning of the new view.
  if (moved && document.activeElement?.closest('.side') === null) requestAnimationFrame(focusView)
}
const focusView = () => document.getElementById('view')?.focus({ preventScroll: true })

/** Facts that a view shows are read again; those of other posts do not disturb the one that is looked at. */
const concerns = (fact) => {
  if (fact.type === 'pool.pressure') return ['overview', 'browsers'].includes(store.route.view)
  if (fact.type.startsWith('lease.')) return store.route.view === 'browsers'
  if (store.route.view === 'posts' && store.route.id !== null) return fact.postId === store.route.id
  return current().facts?.test(fact.type) ?? false
}

let wasSignedIn = false
onDraw(() => {
  if (store.signedIn === true && !wasSignedIn) {
    wasSignedIn = true
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
// Its address would be that of a view.
document.querySelector('.skip')?.addEventListener('click', (event) => {
  event.preventDefault()
  focusView()
})
listenToKeys(() => void refresh())
// What no fact tells: queues, what becomes overdue, what was recorded late. A page that nobody looks at rests.
setInterval(() => {
  if (document.hidden || !store.signedIn) return
  if (store.route.view !== 'compose') void refresh()
  // A console that hangs closes no stream: it is asked.
  get('/v1/health', 4_000).then(
    ({ dependencies }) => update({ dependencies, silentSince: null }),
    (error) => error.status === undefined && update({ silentSince: store.silentSince ?? new Date().toISOString() }),
  )
}, 4_000)
// Ages on the page go on.
setInterval(() => !document.hidden && update(), 1_000)

call('GET', '/session').then(
  ({ signedIn }) => update({ signedIn }),
  (error) => {
    patch(app, [h('p', { class: 'empty' }, error.message)])
  },
)
