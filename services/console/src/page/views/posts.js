import { get } from '../api.js'
import { h } from '../dom.js'
import { ago, figure } from '../format.js'
import { icon } from '../icons.js'
import { empty, notice, pill, tag } from '../parts/parts.js'
import { store, update } from '../store.js'
import { ENDS, FILTERS } from '../words.js'
import { loadAccounts } from './draft.js'

export const facts = /^(?:post|metrics)\./

const PAGE = 25

const query = (cursor) => {
  const { filter, account } = store.posts
  const states = FILTERS.find(([id]) => id === filter)?.[2] ?? []
  const wanted = new URLSearchParams({ limit: String(PAGE) })
  if (states.length > 0) wanted.set('state', states.join(','))
  if (account !== '') wanted.set('account', account)
  if (cursor) wanted.set('cursor', cursor)
  return `/v1/posts?${wanted}`
}

const change = (part) => update({ posts: { ...store.posts, ...part } })

/** Reads the first page again; pages below it that were read stay. */
export const load = async () => {
  // For the choice of account; without it the list is as good.
  if (store.accounts.items === null) void loadAccounts().catch(() => {})
  const asked = query()
  try {
    const { posts, next } = await get(asked)
    if (asked !== query()) return
    const known = store.posts.items ?? []
    const fresh = new Set(posts.map(({ id }) => id))
    const last = posts.at(-1)
    const below = last && next ? known.filter((post) => !fresh.has(post.id) && post.submittedAt < last.submittedAt) : []
    change({ items: [...posts, ...below], next: below.length > 0 ? store.posts.next : next, error: null })
  } catch (error) {
    change({ error: error.message })
  }
}

const more = async () => {
  change({ busy: true })
  const asked = query(store.posts.next)
  try {
    const { posts, next } = await get(asked)
    const above = store.posts.items ?? []
    const known = new Set(above.map(({ id }) => id))
    change({ items: [...above, ...posts.filter(({ id }) => !known.has(id))], next, busy: false })
  } catch (error) {
    change({ error: error.message, busy: false })
  }
}

const choose = (part) => {
  change({ ...part, items: null, next: null })
  void load()
}

const when = (post) => {
  const live = post.segments.find((segment) => segment.publishedAt)
  if (live) return `live ${ago(live.publishedAt)}`
  return post.scheduledAt && !ENDS.has(post.state) ? `due ${ago(post.scheduledAt)}` : ago(post.submittedAt)
}

/** The sum of a figure over the segments; null while no segment shows it. */
const total = (post, name) => {
  const seen = post.segments
    .map((segment) => segment.metrics?.[name])
    .filter((value) => value !== null && value !== undefined)
  return seen.length === 0 ? null : seen.reduce((a, b) => a + b, 0)
}

const measured = (post) =>
  [
    ['eye', 'views', 'views'],
    ['heart', 'likes', 'likes'],
    ['repeat', 'reposts', 'reposts'],
    ['talk', 'replies', 'replies'],
  ]
    .map(([glyph, name, label]) => [glyph, total(post, name), label])
    .filter(([, value]) => value !== null)
    .map(([glyph, value, label]) =>
      h(
        'span',
        { class: 'metric figures', title: label },
        icon(glyph),
        figure(value),
        h('span', { class: 'sr' }, label),
      ),
    )

const seen = (post) => {
  const shown = [post.segments.some(({ media }) => media.length > 0) && icon('image'), ...measured(post)].filter(
    Boolean,
  )
  return shown.length > 0 && h('div', { class: 'row muted small' }, shown)
}

/** One post in a list. */
export const postRow = (post) =>
  h(
    'li',
    { key: post.id },
    h(
      'a',
      { class: 'post-row', href: `#/posts/${post.id}`, 'data-row': true },
      h(
        'div',
        { class: 'row' },
        pill(post.state),
        h('b', null, `@${post.account}`),
        h('time', { class: 'muted small', title: post.submittedAt }, when(post)),
        post.kind === 'reply' && tag('off', 'Reply'),
        post.segments.length > 1 && tag('off', `Thread of ${post.segments.length}`),
      ),
      h('p', { class: 'excerpt' }, post.segments[0].text || 'Image'),
      seen(post),
      post.reason &&
        !['live', 'queued', 'publishing'].includes(post.state) &&
        h('p', { class: 'small muted' }, post.reason),
    ),
  )

const filters = () =>
  h(
    'div',
    { class: 'filters', role: 'group', 'aria-label': 'Filter by state' },
    FILTERS.map(([id, label]) =>
      h(
        'button',
        {
          key: id,
          class: 'chip',
          'aria-pressed': String(store.posts.filter === id),
          onclick: () => choose({ filter: id }),
        },
        label,
      ),
    ),
  )

const accounts = (known = store.accounts.items ?? []) =>
  known.length > 1 &&
  h(
    'select',
    {
      class: 'input narrow',
      'aria-label': 'Account',
      value: store.posts.account,
      onchange: (e) => choose({ account: e.currentTarget.value }),
    },
    h('option', { value: '' }, 'All accounts'),
    known.map(({ id }) => h('option', { key: id, value: id }, `@${id}`)),
  )

export const view = () => {
  const { items, next, busy, error } = store.posts
  return [
    h('header', null, h('h1', null, 'Posts'), h('div', { class: 'end' }, accounts())),
    h(
      'div',
      { class: 'stack' },
      filters(),
      error && notice('bad', error),
      items === null && !error && empty('Reading…'),
      items?.length === 0 &&
        empty('No post is in this state.', h('a', { class: 'button', href: '#/compose' }, 'Compose')),
      items !== null && items.length > 0 && h('ul', { class: 'card rows' }, items.map(postRow)),
      next && h('button', { class: 'button', disabled: busy, onclick: more }, busy ? 'Reading…' : 'Show more'),
    ),
  ]
}
