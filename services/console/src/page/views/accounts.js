import { post, put } from '../api.js'
import { h } from '../dom.js'
import { ago, figure } from '../format.js'
import { icon } from '../icons.js'
import { card, doing, empty, meter, notice, tag, toast } from '../parts/parts.js'
import { store, update } from '../store.js'
import { accountForm } from './account-form.js'
import { loadAccounts } from './draft.js'

export const load = () =>
  loadAccounts().catch((error) => update({ accounts: { ...store.accounts, error: error.message } }))

const edit = (editing) => update({ accounts: { ...store.accounts, editing } })

const toggle = ({ id, paused }) =>
  doing(async () => {
    await post(`/v1/accounts/${id}/${paused ? 'resume' : 'pause'}`, {})
    toast(paused ? `@${id} goes on.` : `@${id} is paused: nothing new is begun.`)
    await load()
  })

/** The file is read here and handed on; nothing of it is kept or shown. */
const importSession = (id) => async (event) => {
  const [file] = event.currentTarget.files
  event.currentTarget.value = ''
  try {
    await put(`/v1/accounts/${id}/session`, JSON.parse(await file.text()))
    toast(`The session of @${id} is with its broker.`)
    await load()
  } catch (error) {
    toast(
      error instanceof SyntaxError ? 'The file is not JSON; export a storageState with Playwright.' : error.message,
      'bad',
    )
  }
}

const SESSIONS = { ready: ['good', 'Signed in'], none: ['bad', 'No session'] }

const budget = (name, limit, used) =>
  h(
    'div',
    { key: name, class: 'budget' },
    h(
      'div',
      { class: 'row small' },
      h('b', null, name),
      h(
        'span',
        { class: 'muted push figures' },
        limit.minGapSeconds > 0 && `at least ${figure(limit.minGapSeconds)} s apart`,
      ),
    ),
    [
      ['hour', limit.perHour, used?.lastHour],
      ['day', limit.perDay, used?.lastDay],
    ].map(([span, of, count]) =>
      h(
        'div',
        { key: span, class: 'used small' },
        h('span', { class: 'muted' }, span),
        meter(count ?? 0, of),
        h('span', { class: 'figures' }, `${count ?? '–'} / ${of}`),
      ),
    ),
  )

const accountCard = (account) => {
  const [tone, label] = SESSIONS[account.session] ?? ['ask', account.session]
  const { config, paused, used } = account
  return h(
    'section',
    { key: account.id, class: 'card account', 'aria-label': account.id },
    h(
      'div',
      { class: 'row' },
      h('span', { class: 'avatar', 'aria-hidden': 'true' }, account.handle.slice(0, 1).toUpperCase()),
      h(
        'div',
        null,
        h('b', null, `@${account.handle}`),
        h('div', { class: 'muted small' }, `${account.id} on ${account.platform.toUpperCase()}`),
      ),
      h('span', { class: 'push' }, paused ? tag('ask', 'Paused') : tag(tone, label)),
    ),
    paused && notice('ask', `${paused.reason}${paused.until ? `, until ${ago(paused.until)}` : ''}`),
    h(
      'div',
      { class: 'budgets' },
      budget('Posts', config.budgets.post, used?.post),
      budget('Replies', config.budgets.reply, used?.reply),
    ),
    h(
      'p',
      { class: 'muted small' },
      config.replies.enabled ? `Answers mentions (${config.replies.approval}).` : 'Does not answer mentions.',
      ` ${config.checks.length} measurements per segment.`,
    ),
    h(
      'div',
      { class: 'row' },
      h('button', { class: 'button', onclick: toggle(account) }, paused ? 'Resume' : 'Pause'),
      h(
        'label',
        { class: 'button' },
        'Import session',
        h('input', {
          class: 'sr',
          type: 'file',
          accept: 'application/json,.json',
          onchange: importSession(account.id),
        }),
      ),
      h('button', { class: 'button quiet', onclick: () => edit(account) }, 'Edit'),
    ),
  )
}

export const view = () => {
  const { items, error, editing } = store.accounts
  const add = h('button', { class: 'button', onclick: () => edit({}) }, icon('plus'), 'Add')
  return [
    h('header', null, h('h1', null, 'Accounts'), h('div', { class: 'end' }, add)),
    h(
      'div',
      { class: 'stack' },
      error && notice('bad', error),
      editing && accountForm(editing, { close: () => edit(null), saved: load }),
      items === null && !error && empty('Reading…'),
      items?.length === 0 && card(null, empty('No account yet: add one, then import its session.')),
      items && h('div', { class: 'accounts' }, items.map(accountCard)),
    ),
  ]
}
