import { h } from '../dom.js'
import { field } from '../parts/parts.js'
import { store, update } from '../store.js'
import { LIMIT, weigh } from '../weigh.js'
import { saveEdit } from './post-actions.js'

const change = (part) => update({ post: { ...store.post, editing: { ...store.post.editing, ...part, errors: [] } } })

const segmentField = ({ text }, n, all) => {
  const left = LIMIT - weigh(text)
  return h(
    'div',
    { key: n, class: 'field' },
    field(
      all.length > 1 ? `Segment ${n + 1}` : 'Text',
      h('textarea', {
        class: 'input',
        rows: 4,
        value: text,
        oninput: (event) =>
          change({
            segments: all.map((segment, i) => (i === n ? { ...segment, text: event.currentTarget.value } : segment)),
          }),
      }),
    ),
    h('p', { class: left < 0 ? 'error small figures' : 'muted small figures' }, `${left} left`),
  )
}

/** The form that takes the place of a post's text. @param {() => Promise<void>} load */
export const editForm = (load) => {
  const { segments, schedule, errors } = store.post.editing
  return h(
    'form',
    { class: 'card edit-form', 'aria-label': 'Edit the post', onsubmit: saveEdit(load) },
    segments.map(segmentField),
    field(
      'When (empty: as soon as it is approved)',
      h('input', {
        class: 'input',
        type: 'datetime-local',
        value: schedule,
        onchange: (event) => change({ schedule: event.currentTarget.value }),
      }),
    ),
    errors.map(({ path, message }) => h('p', { key: path + message, class: 'error small', role: 'alert' }, message)),
    h('p', { class: 'muted small' }, 'An edit makes the next revision; it waits for an approval of its own.'),
    h(
      'div',
      { class: 'row' },
      h('button', { class: 'button primary', type: 'submit' }, 'Save the edit'),
      h(
        'button',
        { class: 'button', type: 'button', onclick: () => update({ post: { ...store.post, editing: null } }) },
        'Leave it',
      ),
    ),
  )
}
