import { h } from '../dom.js'
import { icon } from '../icons.js'
import { stateOf } from '../words.js'

/** @param {string} state */
export const pill = (state) => {
  const { tone, label, moving } = stateOf(state)
  return h('span', { class: 'pill', 'data-tone': tone, 'data-moving': moving ?? false }, label)
}

/** @param {string} tone @param {string} label */
export const tag = (tone, label) =>
  h('span', { class: tone === 'off' ? 'pill plain' : 'pill', 'data-tone': tone }, label)

/**
 * @param {string | null} title
 * @param {import('../dom.js').Child | import('../dom.js').Child[]} body
 * @param {import('../dom.js').Child} [end]
 */
export const card = (title, body, end = null) =>
  h(
    'section',
    { class: 'card', 'aria-label': title ?? undefined },
    title !== null && h('header', null, h('h2', null, title), end && h('span', { class: 'end' }, end)),
    h('div', { class: 'body' }, body),
  )

/** @param {string} tone @param {import('../dom.js').Child | import('../dom.js').Child[]} text */
export const notice = (tone, text) =>
  h(
    'div',
    { class: 'notice', 'data-tone': tone, role: tone === 'bad' ? 'alert' : 'note' },
    icon(tone === 'good' ? 'check' : 'warn'),
    h('div', null, text),
  )

/** @param {string} text @param {import('../dom.js').Child} [action] */
export const empty = (text, action = null) => h('div', { class: 'empty' }, h('p', null, text), action)

/** @param {number} used @param {number} of */
export const meter = (used, of) => {
  const share = of === 0 ? 100 : Math.min(100, (used / of) * 100)
  const tone = share >= 100 ? 'bad' : share >= 80 ? 'ask' : 'good'
  return h(
    'div',
    { class: 'meter', 'data-tone': tone, role: 'img', 'aria-label': `${used} of ${of}` },
    h('i', { 'width%': share }),
  )
}

/** @param {string} label @param {HTMLElement} input */
export const field = (label, input) => h('label', { class: 'field' }, h('span', null, label), input)

/** @param {string} text @param {'off' | 'bad'} [tone] */
export const toast = (text, tone = 'off') => {
  const node = h('div', { class: 'toast', 'data-tone': tone === 'off' ? undefined : tone }, text)
  document.getElementById('toasts')?.append(node)
  setTimeout(() => node.remove(), tone === 'off' ? 4_000 : 12_000)
}

/**
 * What a button does: it is off while it runs, and a failure is said.
 * @param {() => Promise<unknown>} work
 * @returns {(event: Event) => Promise<void>}
 */
export const doing = (work) => async (event) => {
  event.preventDefault()
  const button = event.currentTarget instanceof HTMLButtonElement ? event.currentTarget : undefined
  if (button?.hasAttribute('aria-busy')) return
  button?.setAttribute('aria-busy', 'true')
  try {
    await work()
  } catch (error) {
    toast(error instanceof Error ? error.message : String(error), 'bad')
  } finally {
    button?.removeAttribute('aria-busy')
  }
}
