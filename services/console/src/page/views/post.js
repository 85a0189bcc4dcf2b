import { get, post as send } from '../api.js'
import { h } from '../dom.js'
import { ago, duration, figure, moment } from '../format.js'
import { icon } from '../icons.js'
import { card, doing, empty, notice, pill, tag, toast } from '../parts/parts.js'
import { store, update } from '../store.js'
import { CANCELLABLE, sayFact } from '../words.js'

export const load = async () => {
  const id = store.route.id
  if (id === null) return
  const [item, history] = await Promise.allSettled([get(`/v1/posts/${id}`), get(`/v1/posts/${id}/history`)])
  if (store.route.id !== id) return
  const same = store.post.id === id
  update({
    post: {
      id,
      item: item.status === 'fulfilled' ? item.value : same ? store.post.item : null,
      facts: history.status === 'fulfilled' ? history.value.facts : same ? store.post.facts : null,
      error: item.status === 'rejected' ? item.reason.message : null,
    },
  })
}

const act = (path, json, said) =>
  doing(async () => {
    const answer = await send(`/v1/posts/${store.post.id}/${path}`, json)
    toast(said(answer))
    await load()
  })

const cancelled = ({ result }) =>
  result === 'cancelled' ? 'Cancelled: nothing of it was created.' : 'Too late: its first segment has begun.'

const actions = (post) =>
  h(
    'div',
    { class: 'end' },
    post.state === 'review' &&
      h(
        'button',
        { class: 'button primary', onclick: act('approve', { hash: post.hash }, () => 'Approved.') },
        icon('check'),
        'Approve',
      ),
    post.state === 'review' && h('button', { class: 'button', onclick: act('reject', {}, cancelled) }, 'Reject'),
    post.state !== 'review' &&
      CANCELLABLE.has(post.state) &&
      h('button', { class: 'button danger', 'data-tone': 'bad', onclick: act('cancel', {}, cancelled) }, 'Cancel post'),
  )

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
  h('img', { key: id, src: `/v1/media/${id}`, alt, title: alt || 'No alt text', loading: 'lazy' })

const recorded = (segment) => {
  if (segment.recordedAt) return h('span', null, icon('check'), `recorded ${moment(segment.recordedAt)}`)
  return segment.state === 'live' && h('span', { 'data-tone': 'ask' }, 'not recorded yet')
}

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
      ),
    segment.metrics && metrics(segment),
  )

const factItem = (start) => (fact, n) => {
  const [tone, sentence] = sayFact(fact.type, fact.body)
  const reason = fact.body?.reason ?? fact.body?.suspect
  return h(
    'li',
    { key: fact.id + fact.at, 'data-tone': tone },
    h(
      'div',
      null,
      h('span', null, sentence),
      reason && h('p', { class: 'muted small' }, reason),
      h('span', { class: 'mono muted type' }, fact.type),
    ),
    h(
      'time',
      { class: 'muted small figures', datetime: fact.at, title: fact.at },
      n === 0 ? moment(fact.at) : `+${duration(Date.parse(fact.at) - Date.parse(start))}`,
    ),
  )
}

const history = (facts) => {
  if (facts === null) return h('p', { class: 'muted small' }, 'The journal cannot be read at the moment.')
  if (facts.length === 0) return h('p', { class: 'muted small' }, 'Nothing is recorded yet.')
  return h('ol', { class: 'history' }, facts.map(factItem(facts[0].at)))
}

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
      ['Id', post.id],
    ]
      .filter(([, value]) => value)
      .map(([name, value]) =>
        h(
          'div',
          { key: name },
          h('dt', { class: 'muted' }, name),
          h('dd', { class: /Id|Answers/.test(name) ? 'mono' : undefined }, value),
        ),
      ),
  )

export const view = () => {
  const { item, facts, error } = store.post
  const back = h('a', { class: 'button quiet', href: '#/posts', 'aria-label': 'Back to the posts' }, icon('back'))
  if (item === null)
    return [h('header', null, back, h('h1', null, 'Post')), error ? notice('bad', error) : empty('Reading…')]
  const title =
    item.kind === 'reply' ? 'Reply' : item.segments.length > 1 ? `Thread of ${item.segments.length}` : 'Post'
  return [
    h('header', null, back, h('h1', null, title), pill(item.state), actions(item)),
    h(
      'div',
      { class: 'stack' },
      error && notice('bad', error),
      item.reason && notice(['failed', 'missed', 'needs_attention'].includes(item.state) ? 'bad' : 'ask', item.reason),
      h(
        'div',
        { class: 'columns' },
        h('ol', { class: 'card thread' }, item.segments.map(segmentItem(item))),
        h('div', { class: 'stack' }, card('Details', details(item)), card('History', history(facts))),
      ),
    ),
  ]
}
