import { h } from './dom.js'
import { PLACES } from './places.js'
import { update } from './store.js'

/** @type {[string, string][]} */
const KEYS = [
  ...PLACES.map(({ key, label }) => /** @type {[string, string]} */ ([key, label])),
  ['n', 'Write a post'],
  ['j k', 'Next and previous of a list'],
  ['Enter', 'Open it'],
  ['y x', 'Approve or reject the one in focus'],
  ['e', 'Edit the post'],
  ['r', 'Read it all again'],
  ['Esc', 'Back, or close'],
  ['?', 'This'],
]

const close = () => update({ dialog: null })

export const keysDialog = () => {
  const dialog = h(
    'dialog',
    { key: 'keys', 'aria-label': 'Keys', onclose: close },
    h('h2', null, 'Keys'),
    h(
      'dl',
      { class: 'keys' },
      KEYS.map(([key, what]) => h('div', { key }, h('dt', null, h('kbd', null, key)), h('dd', null, what))),
    ),
    h('button', { class: 'button', onclick: close }, 'Close'),
  )
  requestAnimationFrame(() => dialog.isConnected && !dialog.open && dialog.showModal())
  return dialog
}
