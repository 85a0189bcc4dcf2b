import { get } from '../api.js'
import { h } from '../dom.js'
import { ago, figure, moment } from '../format.js'
import { icon } from '../icons.js'
import { mentionCard } from '../parts/mention.js'
import { card, empty, notice, pill, tag } from '../parts/parts.js'
import { store, update } from '../store.js'
import { actions, deleteSegment, settle } from './post-actions.js'
import { editForm } from './post-edit.js'
import { history } from './post-history.js'
import { readingsCard } from './post-readings.js'

const valueOf = (settled, otherwise) => (settled.status === 'fulfilled' ? settled.value : otherwise)

export const load = async () => {
  const id = store.route.id
  if (id === null) return
  const path = `/v1/posts/${id}`
  const [item, facts, readings] = await Promise.allSettled([get(path), get(`${path}/history`), get(`${path}/readings`)])
  const isAnswer = item.status === 'fulfilled' && item.value.kind === 'reply'
  const mention = isAnswer ? await get(`${path}/mention`).catch(() => null) : null
  if (store.route.id !== id) return
  const known = store.post.id === id ? store.post : { item: null, facts: null, readings: [], editing: null }
  update({
    post: {
      id,
      figure: store.post.figure,
      editing: known.editing,
      item: valueOf(item, known.item),
      facts: valueOf(facts, { facts: known.facts }).facts,
      readings: valueOf(readings, { readings: known.readings }).readings,
      mention,
      error: item.status === 'rejected' ? item.reason.message : null,
    },
  })
}

const METRICS = ['views', 'likes', 'reposts', 'quotes', 'replies', 'bookmarks']

const metrics = (segment) =>
  h(
    'dl',
    { class: 'metrics' },
    METRICS.map((name) =>
      h('div', { key: name }, h('dt', null, name), h('dd', { class: 'figures' }, figure(segment.metrics[name]))),
    ),
    h('div', { class: 'when' }, h('dt', null, 'measured'), h('dd', null, ago(segment.measuredAt))),
  )

const image = ({ id, alt }) =>
  h(
    'figure',
    { key: id },
    h('img', { src: `/v1/media/${id}`, alt, loading: 'lazy' }),
    h('figcaption', { class: 'muted small' }, alt || 'No alt text'),
  )

const recorded = (segment) => {
  if (segment.recordedAt) return h('span', null, icon('check'), `recorded ${moment(segment.recordedAt)}`)
  return segment.state === 'live' && h('span', { 'data-tone': 'ask' }, 'not recorded yet')
}

/** Nobody saw what became of it. */
const IS_UNKNOWN = new Set(['unknown', 'needs_attention'])

const segmentItem = (post) => (segment) =>
  h(
    'li',
    { key: segment.index, class: 'segment' },
    h(
      'div',
      { class: 'row' },
      h('span', { class: 'index figures' }, segment.index + 1),
      pill(segment.state),
      segment.missing && tag('bad', 'Gone from the platform'),
      segment.url &&
        h(
          'a',
          { href: segment.url, target: '_blank', rel: 'noreferrer', class: 'row small' },
          `Open on ${post.platform.toUpperCase()}`,
          icon('link'),
        ),
    ),
    h('p', { class: 'text' }, segment.text),
    segment.media.length > 0 && h('div', { class: 'pictures' }, segment.media.map(image)),
    (segment.platformId || segment.recordedAt) &&
      h(
        'div',
        { class: 'evidence muted small' },
        segment.platformId && h('span', { class: 'mono' }, segment.platformId),
        recorded(segment),
        segment.platformId &&
          segment.state !== 'deleted' &&
          h(
            'button',
            {
              class: 'button quiet mini push',
              'aria-label': `Delete segment ${segment.index + 1}`,
              onclick: deleteSegment(post, segment, load),
            },
            icon('trash'),
            'Delete',
          ),
      ),
    IS_UNKNOWN.has(segment.state) &&
      h('div', null, h('button', { class: 'button', onclick: settle(post, segment, load) }, 'Say what became of it')),
    segment.metrics && metrics(segment),
  )

const details = (post) =>
  h(
    'dl',
    { class: 'details small' },
    [
      ['Account', `@${post.account}`],
      ['Submitted', moment(post.submittedAt)],
      ['Scheduled', post.scheduledAt && `${moment(post.scheduledAt)} (${ago(post.scheduledAt)})`],
      ['Publish by', moment(post.notAfter)],
      ['Answers', post.replyTo],
      ['Approval', post.approval],
      ['Revision', post.revision > 1 ? String(post.revision) : null],
      ['Id', post.id],
    ]
      .filter(([, value]) => value)
      .map(([name, value]) =>
        h(
          'div',
          { key: name },
          h('dt', { class: 'muted' }, name),
          h('dd', { class: /Id|Answers/.test(name ?? '') ? 'mono' : undefined }, value),
        ),
      ),
  )

const BAD = new Set(['failed', 'missed', 'needs_attention'])

const titleOf = ({ kind, segments }) =>
  kind === 'reply' ? 'Answer' : segments.length > 1 ? `Thread of ${segments.length}` : 'Post'

const answered = (mention) =>
  card('What it answers', [
    mentionCard(mention),
    mention.reason && h('p', { class: 'small why' }, h('b', null, 'Why: '), mention.reason),
    mention.drafter && h('p', { class: 'muted small' }, `Drafted by ${mention.drafter}.`),
  ])

export const view = () => {
  const { item, facts, readings, mention, editing, error } = store.post
  const back = h('a', { class: 'button quiet', href: '#/posts', 'aria-label': 'Back to the posts' }, icon('back'))
  if (item === null || item.id !== store.route.id)
    return [h('header', null, back, h('h1', null, 'Post')), error ? notice('bad', error) : empty('Reading…')]
  return [
    h('header', null, back, h('h1', null, titleOf(item)), pill(item.state), actions(item, load)),
    h(
      'div',
      { class: 'stack' },
      error && notice('bad', error),
      item.reason && item.state !== 'live' && notice(BAD.has(item.state) ? 'bad' : 'ask', item.reason),
      h(
        'div',
        { class: 'columns' },
        h(
          'div',
          { class: 'stack' },
          editing ? editForm(load) : h('ol', { class: 'card thread' }, item.segments.map(segmentItem(item))),
          readingsCard(item, readings),
        ),
        h(
          'div',
          { class: 'stack' },
          mention && answered(mention),
          card('Details', details(item)),
          card('History', history(facts)),
        ),
      ),
    ),
  ]
}
