import { h } from '../dom.js'
import { ago } from '../format.js'
import { field } from '../parts/parts.js'
import { store } from '../store.js'
import { change } from './draft.js'

const localNow = () => new Date(Date.now() - new Date().getTimezoneOffset() * 60_000).toISOString().slice(0, 16)

const accountChoice = (current) => {
  const { items } = store.accounts
  return field(
    'Account',
    h(
      'select',
      { class: 'input', value: current.account, onchange: (e) => change({ account: e.currentTarget.value }) },
      (items ?? []).map(({ id, handle, paused }) =>
        h('option', { key: id, value: id }, paused ? `@${handle} (paused)` : `@${handle}`),
      ),
    ),
  )
}

/** What is decided of a draft beside its text. */
export const options = (current) =>
  h(
    'div',
    { class: 'card side-card' },
    accountChoice(current),
    field(
      'When',
      h('input', {
        class: 'input',
        type: 'datetime-local',
        min: localNow(),
        value: current.schedule,
        onchange: (e) => change({ schedule: e.currentTarget.value }),
      }),
    ),
    h(
      'p',
      { class: 'muted small' },
      current.schedule === ''
        ? 'Now, as soon as it was accepted.'
        : `${ago(new Date(current.schedule).toISOString())}, by this device's clock.`,
    ),
    current.errors.scheduledAt && h('p', { class: 'error small' }, current.errors.scheduledAt),
    field(
      'Answers (optional)',
      h('input', {
        class: 'input mono',
        placeholder: 'Id or address of a post',
        value: current.replyTo,
        oninput: (e) => change({ replyTo: e.currentTarget.value.trim() }),
      }),
    ),
    h(
      'label',
      { class: 'row check' },
      h('input', {
        type: 'checkbox',
        checked: current.review,
        onchange: (e) => change({ review: e.currentTarget.checked }),
      }),
      'Ask for approval first',
    ),
  )
