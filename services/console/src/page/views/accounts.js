import { post, put } from '../api.js'
import { h } from '../dom.js'
import { ago, figure } from '../format.js'
import { icon } from '../icons.js'
import { card, doing, empty, field, meter, notice, tag, toast } from '../parts/parts.js'
import { store, update } from '../store.js'
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
    toast(error instanceof SyntaxError ? 'The file is not JSON; export a storageState with Playwright.' : error.message, 'bad')
  }
}

const SESSIONS = { ready: ['good', 'Signed in'], none: ['bad', 'No session'] }

const budget = (name, limit, used) =>
  h(
    'div',
    { key: name, class: 'budget' },
    h('div', { class: 'row small' }, h('b', null, name), h('span', { class: 'muted push figures' }, `at least ${figure(limit.minGapSeconds)} s apart`)),
    [
      ['hour', limit.perHour, used?.lastHour],
      ['day', limit.perDay, used?.lastDay],
    ].map(([span, of, count]) =>
      h('div', { key: span, class: 'used small' }, h('span', { class: 'muted' }, span), meter(count ?? 0, of), h('span', { class: 'figures' }, `${count ?? '–'} / ${of}`)),
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
      h('div', null, h('b', null, `@${account.handle}`), h('div', { class: 'muted small' }, `${account.id} on ${account.platform.toUpperCase()}`)),
      h('span', { class: 'push' }, paused ? tag('ask', 'Paused') : tag(tone, label)),
    ),
    paused && notice('ask', `${paused.reason}${paused.until ? `, until ${ago(paused.until)}` : ''}`),
    h('div', { class: 'budgets' }, budget('Posts', config.budgets.post, used?.post), budget('Replies', config.budgets.reply, used?.reply)),
    h('p', { class: 'muted small' }, config.replies.enabled ? `Answers mentions (${config.replies.approval}).` : 'Does not answer mentions.', ` ${config.checks.length} measurements per segment.`),
    h(
      'div',
      { class: 'row' },
      h('button', { class: 'button', onclick: toggle(account) }, paused ? 'Resume' : 'Pause'),
      h('label', { class: 'button' }, 'Import session', h('input', { class: 'sr', type: 'file', accept: 'application/json,.json', onchange: importSession(account.id) })),
      h('button', { class: 'button quiet', onclick: () => edit(account) }, 'Edit'),
    ),
  )
}

const save = async (event) => {
  event.preventDefault()
  const form = event.currentTarget
  const value = (name) => form.elements[name].value
  const was = store.accounts.editing.config
  const limits = (kind) => ({
    perHour: Number(value(`${kind}PerHour`)),
    perDay: Number(value(`${kind}PerDay`)),
    minGapSeconds: Number(value(`${kind}Gap`)),
  })
  try {
    const replies = { harvestEverySeconds: 300, ...was?.replies, enabled: form.elements.answers.checked, approval: value('approval'), voice: value('voice') }
    const checks = value('checks').split(/[\s,]+/).filter(Boolean).map(Number)
    await put(`/v1/accounts/${value('id')}`, { platform: 'x', handle: value('handle').replace(/^@/, ''), budgets: { post: limits('post'), reply: limits('reply') }, checks, replies })
    toast('Saved by its broker.')
    edit(null)
    await load()
  } catch (error) {
    toast(error.message, 'bad')
  }
}

const number = (name, label, value) => field(label, h('input', { class: 'input', type: 'number', min: 0, name, required: true, value }))

const limitFields = (kind, label, { perHour, perDay, minGapSeconds }) =>
  h(
    'fieldset',
    null,
    h('legend', { class: 'small' }, label),
    h('div', { class: 'three' }, number(`${kind}PerHour`, 'an hour', perHour), number(`${kind}PerDay`, 'a day', perDay), number(`${kind}Gap`, 'seconds apart', minGapSeconds)),
  )

const CHECKS = '900, 3600, 21600, 86400, 259200, 604800, 2592000'

const editor = ({ id, handle, config }) =>
  h(
    'form',
    { key: `edit-${id ?? ''}`, class: 'card account-form', onsubmit: save },
    h('h2', null, id ? `@${handle}` : 'Add an account'),
    h(
      'div',
      { class: 'two' },
      field('Name here', h('input', { class: 'input mono', name: 'id', required: true, pattern: '[a-z0-9][a-z0-9\\-]{0,62}', title: 'Lower-case letters, digits and dashes', readonly: Boolean(id), value: id ?? '' })),
      field('Handle on X', h('input', { class: 'input', name: 'handle', required: true, value: handle ?? '' })),
    ),
    limitFields('post', 'Posts', config?.budgets.post ?? { perHour: 10, perDay: 50, minGapSeconds: 60 }),
    limitFields('reply', 'Replies', config?.budgets.reply ?? { perHour: 10, perDay: 40, minGapSeconds: 60 }),
    field('Measured after (seconds)', h('input', { class: 'input mono', name: 'checks', required: true, value: config?.checks.join(', ') ?? CHECKS })),
    h('label', { class: 'row check' }, h('input', { type: 'checkbox', name: 'answers', checked: config?.replies.enabled ?? false }), 'Answer mentions'),
    field('Answers are', h('select', { class: 'input', name: 'approval', value: config?.replies.approval ?? 'review' }, h('option', { value: 'review' }, 'approved by a person'), h('option', { value: 'auto' }, 'sent at once'))),
    field('Voice', h('textarea', { class: 'input', name: 'voice', rows: 3, maxlength: 2_000, value: config?.replies.voice ?? '' })),
    h('div', { class: 'row' }, h('button', { class: 'button primary', type: 'submit' }, 'Save'), h('button', { class: 'button', type: 'button', onclick: () => edit(null) }, 'Close')),
  )

export const view = () => {
  const { items, error, editing } = store.accounts
  const add = h('button', { class: 'button', onclick: () => edit({}) }, icon('plus'), 'Add')
  return [
    h('header', null, h('h1', null, 'Accounts'), h('div', { class: 'end' }, add)),
    h(
      'div',
      { class: 'stack' },
      error && notice('bad', error),
      editing && editor(editing),
      items === null && !error && empty('Reading…'),
      items?.length === 0 && card(null, empty('No account yet: add one, then import its session.')),
      items && h('div', { class: 'accounts' }, items.map(accountCard)),
    ),
  ]
}
