import { PLACES } from './places.js'
import { store, update } from './store.js'

const typing = (target) =>
  target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null

/** @param {1 | -1} step */
const move = (step) => {
  /** @type {any[]} */
  const rows = [...document.querySelectorAll('[data-row]')]
  const at = rows.findIndex((row) => row.contains(document.activeElement))
  const next = rows[at + step] ?? (step > 0 ? rows.at(-1) : rows[0])
  next?.focus()
  next?.scrollIntoView({ block: 'nearest' })
}

/** Presses the button of that name in the row that has the focus, or else of the view. @param {string} name */
const press = (name) => {
  const row = document.activeElement?.closest('[data-row]') ?? document.getElementById('view')
  /** @type {HTMLElement | null | undefined} */
  const button = row?.querySelector(`[data-key="${name}"]`)
  button?.click()
}

const escape = () => {
  if (document.querySelector('dialog[open]')) {
    if (store.dialog !== null) update({ dialog: null })
  } else if (document.activeElement instanceof HTMLElement && typing(document.activeElement))
    document.activeElement.blur()
  else if (store.route.id !== null) location.hash = `#/${store.route.view}`
}

/** @param {() => void} readAgain */
const actions = (readAgain) => ({
  n: () => (location.hash = '#/compose'),
  j: () => move(1),
  k: () => move(-1),
  y: () => press('y'),
  x: () => press('x'),
  e: () => press('e'),
  r: readAgain,
  '?': () => update({ dialog: 'keys' }),
})

/** Single keys, but never while a person types, holds a modifier, or is asked something. @param {() => void} readAgain */
export const listenToKeys = (readAgain) => {
  const known = actions(readAgain)
  document.addEventListener('keydown', (event) => {
    if (store.signedIn !== true || event.ctrlKey || event.metaKey || event.altKey) return
    if (event.key === 'Escape') return escape()
    if (typing(event.target) || document.querySelector('dialog[open]')) return
    const place = PLACES.find(({ key }) => key === event.key)
    const action = place ? () => (location.hash = `#/${place.id}`) : known[event.key]
    if (action === undefined) return
    event.preventDefault()
    action()
  })
}
