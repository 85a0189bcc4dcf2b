import { h } from '../dom.js'
import { field } from './parts.js'

/**
 * @typedef {{ name: string, label: string, type?: string, value?: string, placeholder?: string, required?: boolean,
 *   hint?: string, pattern?: string, title?: string, options?: [value: string, label: string][] }} Asked
 */

/** @param {Asked} asked */
const inputOf = ({ name, label, type = 'text', options, hint, ...rest }) => {
  const common = { class: 'input', name, ...rest }
  const input =
    options === undefined
      ? h(
          type === 'textarea' ? 'textarea' : 'input',
          type === 'textarea' ? { ...common, rows: 3 } : { ...common, type },
        )
      : h(
          'select',
          common,
          options.map(([value, text]) => h('option', { value }, text)),
        )
  return h('div', null, field(label, input), hint && h('p', { class: 'muted small' }, hint))
}

/**
 * Asks a person before something is done.
 * @param {{ title: string, text?: string, fields?: Asked[], confirm: string, tone?: 'bad' | 'off' }} question
 * @returns {Promise<Record<string, string> | null>} what was filled in, or null: not to be done
 */
export const ask = ({ title, text, fields = [], confirm, tone = 'off' }) => {
  const { promise, resolve } = Promise.withResolvers()
  const before = document.activeElement
  /** @type {HTMLDialogElement} */
  const dialog = h(
    'dialog',
    { class: 'ask', 'aria-labelledby': 'ask-title' },
    h(
      'form',
      {
        method: 'dialog',
        class: 'stack',
        onsubmit: (event) => {
          const values = new FormData(event.currentTarget)
          resolve(
            Object.fromEntries(
              [...values].map(([name, value]) => [name, typeof value === 'string' ? value.trim() : '']),
            ),
          )
        },
      },
      h('h2', { id: 'ask-title' }, title),
      text && h('p', { class: 'muted' }, text),
      fields.map(inputOf),
      h(
        'div',
        { class: 'row' },
        h(
          'button',
          { class: tone === 'bad' ? 'button danger solid' : 'button primary', 'data-tone': tone, type: 'submit' },
          confirm,
        ),
        h('button', { class: 'button', type: 'button', onclick: () => dialog.close() }, 'Leave it'),
      ),
    ),
  )
  dialog.addEventListener('close', () => {
    resolve(null)
    dialog.remove()
    if (before instanceof HTMLElement && before.isConnected) before.focus()
  })
  document.body.append(dialog)
  dialog.showModal()
  return promise
}
