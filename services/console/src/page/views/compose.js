import { h } from '../dom.js'
import { icon } from '../icons.js'
import { notice } from '../parts/parts.js'
import { store } from '../store.js'
import { options } from './compose-options.js'
import { addPicture, picture } from './compose-pictures.js'
import {
  addImages,
  addSegment,
  change,
  changeSegment,
  discard,
  draft,
  lengthOf,
  loadAccounts,
  moveSegment,
  removeSegment,
  send,
} from './draft.js'

export const load = async () => {
  await loadAccounts()
  const [first] = store.accounts.items ?? []
  if (draft().account === '' && first) change({ account: first.id })
}

/** A ring that fills with the text, and says the rest when it is near the end. */
const ring = ({ length, limit }) => {
  const share = Math.min(1, length / limit)
  const left = limit - length
  const tone = left < 0 ? 'bad' : left <= 20 ? 'ask' : 'good'
  const around = 2 * Math.PI * 9
  return h(
    'span',
    { class: 'ring', 'data-tone': tone, role: 'status', 'aria-label': `${length} of ${limit}` },
    left <= 40 && h('span', { class: 'figures small' }, left),
    h(
      'svg',
      { viewBox: '0 0 24 24', 'aria-hidden': 'true' },
      h('circle', { cx: 12, cy: 12, r: 9, class: 'track' }),
      length > 0 &&
        h('circle', {
          cx: 12,
          cy: 12,
          r: 9,
          class: 'fill',
          'stroke-dasharray': `${share * around} ${around}`,
          transform: 'rotate(-90 12 12)',
        }),
    ),
  )
}

const grow = (area) => {
  area.style.height = 'auto'
  area.style.height = `${area.scrollHeight}px`
}

const onKey = (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
    event.preventDefault()
    void send()
  }
}

const mover = (segment, n, step, isEnd) =>
  h(
    'button',
    {
      class: 'button quiet',
      type: 'button',
      disabled: isEnd,
      'aria-label': `Move segment ${n + 1} ${step < 0 ? 'up' : 'down'}`,
      onclick: () => moveSegment(segment.key, step),
    },
    icon(step < 0 ? 'up' : 'down'),
  )

const segmentEditor = (segment, n, all) => {
  const errors = Object.entries(draft().errors).filter(([path]) => path.startsWith(`segments.${n}.`))
  return h(
    'li',
    { key: segment.key, class: 'segment' },
    h('textarea', {
      id: `text-${segment.key}`,
      rows: 3,
      'aria-label': all.length > 1 ? `Text of segment ${n + 1}` : 'Text',
      'aria-invalid': errors.length > 0,
      placeholder: n === 0 ? 'What should be said?' : 'And then?',
      value: segment.text,
      oninput: (e) => {
        grow(e.currentTarget)
        changeSegment(segment.key, { text: e.currentTarget.value })
      },
      onkeydown: onKey,
      onpaste: (e) => e.clipboardData.files.length > 0 && void addImages(segment.key, e.clipboardData.files),
    }),
    segment.media.length > 0 &&
      h(
        'div',
        { class: 'pictures' },
        segment.media.map((media, m) => picture(segment, media, m)),
      ),
    errors.map(([path, message]) => h('p', { key: path, class: 'error small' }, message)),
    h(
      'div',
      { class: 'row tools' },
      segment.media.length < 4 && addPicture(segment),
      all.length > 1 && h('span', { class: 'muted small figures' }, `${n + 1} of ${all.length}`),
      all.length > 1 && mover(segment, n, -1, n === 0),
      all.length > 1 && mover(segment, n, 1, n === all.length - 1),
      all.length > 1 &&
        h(
          'button',
          {
            class: 'button quiet',
            type: 'button',
            'aria-label': `Remove segment ${n + 1}`,
            onclick: () => removeSegment(segment.key),
          },
          icon('close'),
        ),
      ring(lengthOf(segment.text)),
    ),
  )
}

export const view = () => {
  const current = draft()
  const { segments, errors, sending } = current
  const isEmpty = segments.every(({ text, media }) => text.trim() === '' && media.length === 0)
  const tooLong = segments.some(({ text }) => lengthOf(text).length > lengthOf(text).limit)
  const verb = current.schedule === '' ? (current.review ? 'Submit for approval' : 'Publish') : 'Schedule'
  return [
    h(
      'header',
      null,
      h('h1', null, 'Compose'),
      !isEmpty && h('div', { class: 'end' }, h('button', { class: 'button quiet', onclick: discard }, 'Discard')),
    ),
    h(
      'div',
      { class: 'columns compose' },
      h(
        'div',
        { class: 'stack' },
        errors[''] && notice('bad', errors['']),
        h('ol', { class: 'card thread editor' }, segments.map(segmentEditor)),
        h(
          'div',
          { class: 'row' },
          segments.length < 25 &&
            h(
              'button',
              { class: 'button', type: 'button', onclick: addSegment },
              icon('plus'),
              segments.length === 1 ? 'Make it a thread' : 'Add a segment',
            ),
          h(
            'button',
            {
              class: 'button primary push',
              disabled: isEmpty || tooLong || sending || current.account === '',
              onclick: send,
            },
            sending ? 'Sending…' : verb,
          ),
        ),
        h(
          'p',
          { class: 'muted small hint' },
          h('kbd', null, 'Ctrl'),
          ' ',
          h('kbd', null, 'Enter'),
          ' sends it. Sent twice, it is still one post.',
        ),
      ),
      options(current),
    ),
  ]
}
