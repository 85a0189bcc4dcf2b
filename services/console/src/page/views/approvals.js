import { get, post as send } from '../api.js'
import { h } from '../dom.js'
import { ago, counted } from '../format.js'
import { icon } from '../icons.js'
import { ask } from '../parts/dialog.js'
import { mentionCard } from '../parts/mention.js'
import { doing, empty, notice, tag, toast } from '../parts/parts.js'
import { store, update } from '../store.js'

export const facts = /^(?:post|mention)\./

/** What was decided here: it is not asked again while its fact is on the way to the record. */
const decided = new Set()
const keyOf = ({ id, hash }) => `${id} ${hash}`

export const load = () =>
  get('/v1/approvals').then(
    ({ approvals, more }) =>
      update({ approvals: { items: approvals.filter(({ post }) => !decided.has(keyOf(post))), more, error: null } }),
    (error) => update({ approvals: { ...store.approvals, error: error.message } }),
  )

const without = (post) => {
  decided.add(keyOf(post))
  const items = (store.approvals.items ?? []).filter((one) => one.post.id !== post.id)
  update({ approvals: { ...store.approvals, items } })
}

const approve = (post) =>
  doing(async () => {
    const { state } = await send(`/v1/posts/${post.id}/approve`, { hash: post.hash })
    toast(state === 'scheduled' ? 'Approved; it goes out at its time.' : 'Approved; it goes out now.')
    without(post)
  })

const reject = (post) =>
  doing(async () => {
    const fields = [{ name: 'reason', label: 'Why (optional)', placeholder: 'Kept in its history' }]
    const answer = await ask({ title: 'Reject it?', fields, confirm: 'Reject', tone: 'bad' })
    if (answer === null) return
    await send(`/v1/posts/${post.id}/reject`, answer.reason === '' ? {} : { reason: answer.reason })
    toast('Rejected: it is cancelled.')
    without(post)
  })

const picture = ({ id, alt }) => h('img', { key: id, src: `/v1/media/${id}`, alt, loading: 'lazy' })

const said = (post) =>
  h(
    'ol',
    { class: 'said' },
    post.segments.map(({ index, text, media }) =>
      h(
        'li',
        { key: index },
        h('p', { class: 'text' }, text),
        media.length > 0 && h('div', { class: 'pictures' }, media.map(picture)),
      ),
    ),
  )

const item = ({ post, mention }) =>
  h(
    'li',
    { key: post.id, class: 'card approval', tabindex: '0', 'data-row': true, 'aria-label': `By @${post.account}` },
    h(
      'div',
      { class: 'row' },
      tag(
        'off',
        post.kind === 'reply' ? 'Answer' : post.segments.length > 1 ? `Thread of ${post.segments.length}` : 'Post',
      ),
      h('b', null, `@${post.account}`),
      h('span', { class: 'muted small' }, ago(post.submittedAt)),
      h(
        'span',
        { class: 'muted small push' },
        post.scheduledAt ? `due ${ago(post.scheduledAt)}` : `expires ${ago(post.notAfter)}`,
      ),
    ),
    mention && mentionCard(mention),
    said(post),
    mention?.reason &&
      h(
        'p',
        { class: 'muted small why' },
        h('b', null, 'Why: '),
        mention.reason,
        mention.drafter && ` Drafted by ${mention.drafter}.`,
      ),
    h(
      'div',
      { class: 'row' },
      h('button', { class: 'button primary', 'data-key': 'y', onclick: approve(post) }, icon('check'), 'Approve'),
      h('button', { class: 'button', 'data-key': 'x', onclick: reject(post) }, 'Reject'),
      h('a', { class: 'button quiet', href: `#/posts/${post.id}` }, 'Edit or look closer'),
    ),
  )

export const view = () => {
  const { items, more, error } = store.approvals
  return [
    h(
      'header',
      null,
      h('h1', null, 'Approvals'),
      items && items.length > 0 && h('span', { class: 'muted small' }, counted(items.length, 'waits', 'wait')),
      items &&
        items.length > 0 &&
        h(
          'span',
          { class: 'muted small hint end' },
          h('kbd', null, 'j'),
          h('kbd', null, 'k'),
          ' to move, ',
          h('kbd', null, 'y'),
          ' approve, ',
          h('kbd', null, 'x'),
          ' reject',
        ),
    ),
    h(
      'div',
      { class: 'stack narrow-column' },
      error && notice('bad', error),
      items === null && !error && empty('Reading…'),
      items?.length === 0 && h('div', { class: 'card' }, empty('Nothing waits for your word.', icon('check'))),
      items && items.length > 0 && h('ul', { class: 'stack' }, items.map(item)),
      more && notice('ask', 'There are more: decide about these first.'),
    ),
  ]
}
