import { PLACES } from './frame.js'
import { store, update } from './store.js'

const typing = (target) =>
  target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null

/** @param {1 | -1} step */
const move = (step) => {
  /** @type {any[]} */
  const rows = [...document.querySelectorAll('.post-row')]
  const next = rows[rows.indexOf(document.activeElement) + step] ?? (step > 0 ? rows.at(-1) : rows[0])
  next?.focus()
  next?.scrollIntoView({ block: 'nearest' })
}

const escape = () => {
  if (store.dialog !== null) update({ dialog: null })
  else if (document.activeElement instanceof HTMLElement && typing(document.activeElement))
    document.activeElement.blur()
  else if (store.route.id !== null) location.hash = '#/posts'
}

const ACTIONS = {
  n: () => (location.hash = '#/compose'),
  j: () => move(1),
  k: () => move(-1),
  '?': () => update({ dialog: 'keys' }),
}

/** Single keys, but never while a person types or holds a modifier. */
export const listenToKeys = () =>
  document.addEventListener('keydown', (event) => {
    if (store.signedIn !== true || event.ctrlKey || event.metaKey || event.altKey) return
    if (event.key === 'Escape') return escape()
    if (typing(event.target) || store.dialog !== null) return
    const place = PLACES[Number(event.key) - 1]
    const action = place ? () => (location.hash = `#/${place[0]}`) : ACTIONS[event.key]
    if (action === undefined) return
    event.preventDefault()
    action()
  })
