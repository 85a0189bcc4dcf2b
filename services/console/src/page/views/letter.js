import { get, post } from '../api.js'
import { h } from '../dom.js'
import { counted, moment } from '../format.js'
import { icon } from '../icons.js'
import { ask } from '../parts/dialog.js'
import { card, doing, empty, notice, tag, toast } from '../parts/parts.js'
import { store, update } from '../store.js'

const set = (part) => update({ dead: { ...store.dead, ...part } })
const path = () => `/v1/dead/${encodeURIComponent(store.route.id ?? '')}`

export const load = async () => {
  const { id: queue, sub: id } = store.route
  const known = store.dead.letter
  // A letter does not change; what a person writes into it stays.
  if (known !== null && known.queue === queue && known.id === id) return
  set({ letter: null, edited: null, troubles: [], error: null })
  try {
    set({ letter: await get(`${path()}/${encodeURIComponent(id ?? '')}`) })
  } catch (error) {
    set({ error: error.message })
  }
}

const leave = () => {
  set({ letter: null, edited: null, troubles: [] })
  location.hash = '#/dead'
}

const replay = (letter) =>
  doing(async () => {
    await post(`${path()}/replay`, { id: letter.id })
    toast('Sent to its queue again, as a first attempt.')
    leave()
  })

const replayEdited = (letter, edited) =>
  doing(async () => {
    set({ troubles: [] })
    try {
      const body = JSON.parse(edited)
      const { id } = await post(`${path()}/${encodeURIComponent(letter.id)}/replay`, { body })
      toast(`Sent as message ${id}. The original is kept here.`)
      set({ edited: null })
    } catch (error) {
      set({ troubles: error.errors?.length > 0 ? error.errors : [{ path: '', message: error.message }] })
    }
  })

const discard = (letter) =>
  doing(async () => {
    const text = 'It is nowhere else: what it asked for or told will not happen.'
    if ((await ask({ title: 'Discard this letter?', text, confirm: 'Discard', tone: 'bad' })) === null) return
    await post(`${path()}/discard`, { id: letter.id })
    toast('Discarded.')
    leave()
  })

const details = (letter) =>
  h(
    'dl',
    { class: 'details small' },
    [
      ['Queue', letter.queue],
      ['Type', letter.type],
      ['Id', letter.id],
      ['Parked', letter.at && moment(letter.at)],
      ['First seen', letter.firstSeen && moment(letter.firstSeen)],
      ['Attempts', String(letter.attempts)],
      ['Follows', letter.correlationId],
      ['Size', counted(letter.size, 'byte')],
    ]
      .filter(([, value]) => value)
      .map(([name, value]) =>
        h('div', { key: name }, h('dt', { class: 'muted' }, name), h('dd', { class: 'mono' }, value)),
      ),
  )

const body = (letter, edited, troubles) => {
  if (letter.encoding !== 'json')
    return [
      h('p', { class: 'muted small' }, 'Its bytes are no JSON; in base64:'),
      h('pre', { class: 'code' }, letter.body),
    ]
  return [
    h('textarea', {
      class: 'input mono code-input',
      rows: 16,
      spellcheck: 'false',
      'aria-label': 'Body of the message',
      value: edited ?? JSON.stringify(letter.body, null, 2),
      oninput: (event) => set({ edited: event.currentTarget.value }),
    }),
    troubles.map(({ path: where, message }) =>
      h('p', { key: where + message, class: 'error small' }, where && h('b', { class: 'mono' }, `${where} `), message),
    ),
  ]
}

export const view = () => {
  const { letter, edited, troubles, error } = store.dead
  const back = h('a', { class: 'button quiet', href: '#/dead', 'aria-label': 'Back to the dead letters' }, icon('back'))
  if (letter === null)
    return [h('header', null, back, h('h1', null, 'Dead letter')), error ? notice('bad', error) : empty('Reading…')]
  const isEdited = edited !== null && edited !== JSON.stringify(letter.body, null, 2)
  return [
    h(
      'header',
      null,
      back,
      h('h1', null, 'Dead letter'),
      tag('bad', letter.type || 'no type'),
      h(
        'div',
        { class: 'end' },
        isEdited
          ? h('button', { class: 'button primary', onclick: replayEdited(letter, edited) }, 'Replay edited')
          : h('button', { class: 'button primary', onclick: replay(letter) }, 'Replay'),
        h('button', { class: 'button danger', 'data-tone': 'bad', onclick: discard(letter) }, 'Discard'),
      ),
    ),
    h(
      'div',
      { class: 'stack' },
      notice('bad', letter.reason),
      h(
        'div',
        { class: 'columns' },
        card(
          'Message',
          h('div', { class: 'stack tight' }, body(letter, edited, troubles)),
          h('span', { class: 'muted' }, isEdited ? 'edited; the original is kept' : 'may be edited before a replay'),
        ),
        h(
          'div',
          { class: 'stack' },
          card('Details', details(letter)),
          letter.stack &&
            card(
              'Where it broke',
              h('pre', { class: 'code', tabindex: '0', role: 'group', 'aria-label': 'Stack' }, letter.stack),
            ),
        ),
      ),
    ),
  ]
}
