import { get, post, put, remove } from '../api.js'
import { h } from '../dom.js'
import { ago, figure } from '../format.js'
import { icon } from '../icons.js'
import { auditOf } from '../parts/audit.js'
import { ask } from '../parts/dialog.js'
import { card, doing, empty, meter, notice, tag, toast } from '../parts/parts.js'
import { store, update } from '../store.js'
import { accountForm } from './account-form.js'
import { loadAccounts } from './draft.js'

export const facts = /^account\./

export const load = async () => {
  const [audits, killSwitch] = await Promise.all([
    get('/v1/audits?limit=100').then(
      (answer) => answer.audits,
      () => null,
    ),
    get('/v1/kill-switch').catch(() => store.killSwitch),
    loadAccounts().catch((error) => update({ accounts: { ...store.accounts, error: error.message } })),
  ])
  update({ audits, killSwitch })
}

const edit = (editing) => update({ accounts: { ...store.accounts, editing } })

const resume = ({ id }) =>
  doing(async () => {
    await post(`/v1/accounts/${id}/resume`, {})
    toast(`@${id} goes on.`)
    await load()
  })

const pause = ({ id, handle }) =>
  doing(async () => {
    const answer = await ask({
      title: `Pause @${handle}?`,
      text: 'Nothing new is begun on it; what has begun is brought to its end.',
      fields: [
        { name: 'reason', label: 'Why (optional)' },
        { name: 'until', label: 'Until (empty: until somebody resumes it)', type: 'datetime-local' },
      ],
      confirm: 'Pause it',
    })
    if (answer === null) return
    await post(`/v1/accounts/${id}/pause`, {
      ...(answer.reason === '' ? {} : { reason: answer.reason }),
      ...(answer.until === '' ? {} : { until: new Date(answer.until).toISOString() }),
    })
    toast(`@${id} is paused: nothing new is begun.`)
    await load()
  })

const removal = ({ id, handle }) =>
  doing(async () => {
    const answer = await ask({
      title: `Remove @${handle}?`,
      text: 'Its session is forgotten, nothing is begun on it, and what is live is measured no more. Its history is kept.',
      confirm: 'Remove it',
      tone: 'bad',
    })
    if (answer === null) return
    await remove(`/v1/accounts/${id}`)
    toast(`@${id} is removed.`)
    await load()
  })

const audit = ({ id }) =>
  doing(async () => {
    await post(`/v1/accounts/${id}/audit`, {})
    toast(`@${id} is compared with what is recorded; what is found stands here.`)
    await load()
  })

const stopAll = doing(async () => {
  const answer = await ask({
    title: 'Stop everything outward?',
    text: 'Nothing is begun on any account until it is released. What has begun is brought to its end.',
    fields: [{ name: 'reason', label: 'Why (optional)' }],
    confirm: 'Stop everything',
    tone: 'bad',
  })
  if (answer === null) return
  update({ killSwitch: await post('/v1/kill-switch', answer.reason === '' ? {} : { reason: answer.reason }) })
})
const release = doing(async () => update({ killSwitch: await remove('/v1/kill-switch') }))

const stopped = () => {
  const shard = store.killSwitch?.shards.find(({ on }) => on)
  return (
    shard &&
    notice('bad', [
      h('b', null, 'The kill switch is on: nothing is published. '),
      shard.reason,
      ' ',
      h('button', { class: 'button', onclick: release }, 'Release it'),
    ])
  )
}

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

/** @param {{ id: string }} account */
const latestAudit = ({ id }) => {
  const found = store.audits?.find(({ account }) => account === id)
  return found ? auditOf(found) : null
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
    latestAudit(account),
    h(
      'p',
      { class: 'muted small' },
      config.replies.enabled ? `Answers mentions (${config.replies.approval}).` : 'Does not answer mentions.',
      ` ${config.checks.length} measurements per segment.`,
    ),
    h(
      'div',
      { class: 'row' },
      h('button', { class: 'button', onclick: paused ? resume(account) : pause(account) }, paused ? 'Resume' : 'Pause'),
      store.audits !== null && h('button', { class: 'button', onclick: audit(account) }, 'Audit now'),
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
      h('button', { class: 'button quiet', onclick: removal(account) }, 'Remove'),
    ),
  )
}

export const view = () => {
  const { items, error, editing } = store.accounts
  const add = h('button', { class: 'button', onclick: () => edit({}) }, icon('plus'), 'Add')
  return [
    h(
      'header',
      null,
      h('h1', null, 'Accounts'),
      h(
        'div',
        { class: 'end' },
        !store.killSwitch?.on &&
          h('button', { class: 'button danger', 'data-tone': 'bad', onclick: stopAll }, 'Stop everything'),
        add,
      ),
    ),
    h(
      'div',
      { class: 'stack' },
      stopped(),
      error && notice('bad', error),
      editing && accountForm(editing, { close: () => edit(null), saved: load }),
      items === null && !error && empty('Reading…'),
      items?.length === 0 && card(null, empty('No account yet: add one, then import its session.')),
      items && h('div', { class: 'accounts' }, items.map(accountCard)),
    ),
  ]
}
