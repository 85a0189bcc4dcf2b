import { get, post } from '../api.js'
import { h } from '../dom.js'
import { ago, counted } from '../format.js'
import { icon } from '../icons.js'
import { ask } from '../parts/dialog.js'
import { doing, empty, notice, tag, toast } from '../parts/parts.js'
import { store, update } from '../store.js'
import { groupsOf } from './causes.js'

/** As many letters of a queue as are looked at together. */
const MOST = 200
/** Letters of a group that are shown at once. */
const SHOWN = 8

export const load = async () => {
  try {
    const { queues } = await get('/v1/dead')
    const counts = queues.filter(({ messages }) => messages > 0)
    const lists = await Promise.all(counts.map(({ queue }) => get(`/v1/dead/${queue}?limit=${MOST}`)))
    update({ dead: { ...store.dead, counts, letters: lists.flatMap(({ letters }) => letters), error: null } })
  } catch (error) {
    update({ dead: { ...store.dead, error: error.message } })
  }
}

/** Settles the letters of a group one by one: others of the queue stay. @param {'replay' | 'discard'} verb */
const settle = (verb, group) =>
  doing(async () => {
    if (verb === 'discard') {
      const text = 'They are nowhere else: what they asked for or told will not happen.'
      const title = `Discard ${counted(group.letters.length, 'letter')}?`
      if ((await ask({ title, text, confirm: 'Discard', tone: 'bad' })) === null) return
    }
    let count = 0
    for (const { id } of group.letters) {
      // One that somebody else has settled meanwhile is no trouble.
      const answer = await post(`/v1/dead/${group.queue}/${verb}`, { id }).catch((error) => {
        if (error.status !== 404) throw error
        return { count: 0 }
      })
      count += answer.count
    }
    toast(`${counted(count, 'letter')} ${verb === 'replay' ? 'sent again' : 'discarded'}.`)
    await load()
  })

const letterRow = ({ id, queue, attempts, at, size }) =>
  h(
    'li',
    { key: id },
    h(
      'a',
      { class: 'letter-row', href: `#/dead/${encodeURIComponent(queue)}/${encodeURIComponent(id)}`, 'data-row': true },
      h('span', { class: 'mono' }, id || 'without an id'),
      h('span', { class: 'muted small' }, counted(attempts, 'attempt')),
      h('span', { class: 'muted small figures' }, counted(size, 'byte')),
      h('time', { class: 'muted small push' }, at ? ago(at) : ''),
    ),
  )

/** One time where both read the same. */
const when = ({ since, last }) => {
  if (since === null) return ''
  const [from, to] = [ago(since), ago(last ?? since)]
  return from === to ? from : `${from} to ${to}`
}

const groupCard = (group) =>
  h(
    'section',
    { key: group.key, class: 'card group', 'aria-label': `${group.letters.length} of ${group.queue}: ${group.cause}` },
    h(
      'div',
      { class: 'row' },
      tag('bad', counted(group.letters.length, 'letter')),
      h('b', { class: 'mono' }, group.queue),
      h('span', { class: 'muted small mono' }, group.letters[0].type),
      h('span', { class: 'muted small push' }, when(group)),
    ),
    h('p', { class: 'cause' }, group.cause),
    h('ul', { class: 'letters' }, group.letters.slice(0, SHOWN).map(letterRow)),
    group.letters.length > SHOWN &&
      h('p', { class: 'muted small' }, `and ${group.letters.length - SHOWN} more of this cause`),
    h(
      'div',
      { class: 'row' },
      h('button', { class: 'button', onclick: settle('replay', group) }, 'Replay all of these'),
      h('button', { class: 'button danger', 'data-tone': 'bad', onclick: settle('discard', group) }, 'Discard'),
    ),
  )

export const view = () => {
  const { letters, counts, error } = store.dead
  const total = counts.reduce((sum, { messages }) => sum + messages, 0)
  return [
    h(
      'header',
      null,
      h('h1', null, 'Dead letters'),
      letters !== null && h('span', { class: 'muted small' }, `${counted(total, 'message')} that could not be handled`),
    ),
    h(
      'div',
      { class: 'stack' },
      error && notice('bad', error),
      letters === null && !error && empty('Reading…'),
      letters?.length === 0 && h('div', { class: 'card' }, empty('Every message was handled.', icon('check'))),
      letters && total > letters.length && notice('ask', `The oldest ${letters.length} of ${total} are shown.`),
      letters && groupsOf(letters).map(groupCard),
    ),
  ]
}
/** Parking a letter raises its alert; who empties a queue clears it. */
export const facts = /^alert\./
