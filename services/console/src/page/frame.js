import { call } from './api.js'
import { h } from './dom.js'
import { healthBanner } from './health.js'
import { icon } from './icons.js'
import { keysDialog } from './keys-dialog.js'
import { disconnect } from './live.js'
import { IN_BAR, PLACES } from './places.js'
import { store, update } from './store.js'

/** Light and dark in turn, from what the system says. */
const turnTheme = () => {
  const root = document.documentElement
  const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches
  root.dataset.theme = dark ? 'light' : 'dark'
  localStorage.setItem('surepost.theme', root.dataset.theme)
}

const signOut = async () => {
  // First the page, so that nothing of it asks without a cookie.
  disconnect()
  update({ signedIn: false, overview: null, latest: null, draft: null, dependencies: null, silentSince: null })
  await call('DELETE', '/session').catch(() => {})
}

/** What waits for a person in a view: [how many, the tone of it, in words]. */
const COUNTS = {
  approvals: () => [store.overview?.counts?.posts.review ?? 0, 'ask', 'wait for your word'],
  dead: () => [
    (store.overview?.queues ?? [])
      .filter(({ name }) => name.endsWith('.dead'))
      .reduce((total, { ready }) => total + ready, 0),
    'bad',
    'dead letters',
  ],
  alerts: () => [store.overview?.counts?.alerts ?? 0, 'bad', 'alerts stand'],
}

const countOf = (id) => {
  const [count, tone, words] = COUNTS[id]?.() ?? [0, 'off', '']
  return (
    count > 0 &&
    h(
      'span',
      { class: 'count', 'data-tone': tone },
      count > 99 ? '99+' : count,
      h('span', { class: 'sr' }, ` ${words}`),
    )
  )
}

const item = ({ id, label, key }) =>
  h(
    'li',
    { key: id, class: IN_BAR.has(id) ? undefined : 'behind-more' },
    h(
      'a',
      { href: `#/${id}`, 'aria-current': store.route.view === id ? 'page' : undefined, 'aria-keyshortcuts': key },
      icon(id),
      h('span', null, label),
      countOf(id),
    ),
  )

const group = (name) =>
  h(
    'div',
    { key: name, class: 'nav-group' },
    h('p', { class: 'nav-title', id: `nav-${name}` }, name),
    h(
      'ul',
      { 'aria-labelledby': `nav-${name}` },
      PLACES.filter((place) => place.group === name).map(item),
      name === 'Publish' && more(),
    ),
  )

const more = () =>
  h(
    'li',
    { key: 'more', class: 'only-bar' },
    h(
      'a',
      { href: '#/more', 'aria-current': IN_BAR.has(store.route.view) ? undefined : 'page' },
      icon('more'),
      h('span', null, 'More'),
    ),
  )

const foot = () =>
  h(
    'div',
    { class: 'side-foot' },
    h(
      'span',
      { class: 'pulse', 'data-tone': store.stream === 'open' ? 'good' : 'bad', role: 'status' },
      store.stream === 'open' ? 'Live' : 'Connecting',
    ),
    h(
      'button',
      { class: 'button quiet', 'aria-label': 'Light or dark', title: 'Light or dark', onclick: turnTheme },
      icon('theme'),
    ),
    h(
      'button',
      {
        class: 'button quiet desk',
        'aria-label': 'Keys',
        title: 'Keys (?)',
        onclick: () => update({ dialog: 'keys' }),
      },
      icon('keys'),
    ),
    h('button', { class: 'button quiet', 'aria-label': 'Sign out', title: 'Sign out', onclick: signOut }, icon('out')),
  )

/** Where a person is, as the address has it. */
const place = () => [store.route.view, store.route.id, store.route.sub].filter(Boolean).join('/')

/** @param {import('./dom.js').Child[]} content */
export const frame = (content) =>
  h(
    'div',
    { class: 'frame', key: 'frame' },
    h(
      'header',
      { class: 'side', key: 'side' },
      h('a', { class: 'brand', href: '#/overview' }, h('img', { src: '/icon.svg', alt: '' }), 'Surepost'),
      h('nav', { class: 'nav', 'aria-label': 'Views' }, group('Publish'), group('Operate')),
      foot(),
    ),
    h(
      'div',
      { class: 'content', key: 'content' },
      healthBanner(),
      h('main', { class: 'view', id: 'view', tabindex: '-1', key: place(), 'data-view': place() }, content),
    ),
    store.dialog === 'keys' && keysDialog(),
  )
