import { call } from './api.js'
import { h } from './dom.js'
import { icon } from './icons.js'
import { disconnect } from './live.js'
import { store, update } from './store.js'

/** The views in the order of the bar; the digit keys follow it. */
export const PLACES = [
  ['overview', 'Overview'],
  ['posts', 'Posts'],
  ['compose', 'Compose'],
  ['accounts', 'Accounts'],
  ['system', 'System'],
]

/** System, light, dark, and around again. */
const turnTheme = () => {
  const root = document.documentElement
  const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches
  root.dataset.theme = dark ? 'light' : 'dark'
  localStorage.setItem('surepost.theme', root.dataset.theme)
}

const signOut = async () => {
  // First the page, so that nothing of it asks without a cookie.
  disconnect()
  update({ signedIn: false, overview: null, latest: null, draft: null })
  await call('DELETE', '/session').catch(() => {})
}

const waiting = () => store.overview?.counts?.posts.review ?? 0

const nav = () =>
  h(
    'nav',
    { class: 'nav', 'aria-label': 'Views' },
    h(
      'ul',
      null,
      PLACES.map(([id, label]) =>
        h(
          'li',
          { key: id },
          h(
            'a',
            { href: `#/${id}`, 'aria-current': store.route.view === id ? 'page' : undefined },
            icon(id),
            label,
            id === 'posts' && waiting() > 0 && h('span', { class: 'count', title: 'wait for approval' }, waiting()),
          ),
        ),
      ),
    ),
  )

/** @param {import('./dom.js').Child[]} content */
export const frame = (content) =>
  h(
    'div',
    { class: 'frame', key: 'frame' },
    h(
      'div',
      { class: 'side' },
      h('a', { class: 'brand', href: '#/overview' }, h('img', { src: '/icon.svg', alt: '' }), 'Surepost'),
      nav(),
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
        h(
          'button',
          { class: 'button quiet', 'aria-label': 'Sign out', title: 'Sign out', onclick: signOut },
          icon('out'),
        ),
      ),
    ),
    h('main', { class: 'view', id: 'view', tabindex: '-1', key: store.route.view + (store.route.id ?? '') }, content),
    store.dialog === 'keys' && keysDialog(),
  )

const KEYS = [
  ['1 – 5', 'Go to a view'],
  ['n', 'Write a post'],
  ['j k', 'Next and previous post of a list'],
  ['Enter', 'Open it'],
  ['Esc', 'Back, or close'],
  ['?', 'This'],
]

const close = () => update({ dialog: null })

const keysDialog = () => {
  const dialog = h(
    'dialog',
    { key: 'keys', 'aria-label': 'Keys', onclose: close },
    h('h2', null, 'Keys'),
    h(
      'div',
      { class: 'keys' },
      KEYS.flatMap(([key, what]) => [h('kbd', { key }, key), h('span', { key: what }, what)]),
    ),
    h('button', { class: 'button', onclick: close }, 'Close'),
  )
  requestAnimationFrame(() => dialog.isConnected && !dialog.open && dialog.showModal())
  return dialog
}
