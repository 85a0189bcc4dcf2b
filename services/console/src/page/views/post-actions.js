import { edit, post as send, remove } from '../api.js'
import { h } from '../dom.js'
import { icon } from '../icons.js'
import { ask } from '../parts/dialog.js'
import { doing, toast } from '../parts/parts.js'
import { store, update } from '../store.js'
import { CANCELLABLE } from '../words.js'

const cancelled = ({ result }) =>
  result === 'cancelled' ? 'Cancelled: nothing of it was created.' : 'Too late: its first segment has begun.'

const REASON = [{ name: 'reason', label: 'Why (optional)', placeholder: 'Kept in its history' }]
/** @param {Record<string, string>} answer */
const reasonOf = ({ reason }) => (reason === '' ? {} : { reason })

const change = (part) => update({ post: { ...store.post, ...part } })

/** @param {() => Promise<void>} load reads the post again */
const acts = (post, load) => {
  const act = (path, json, said) =>
    doing(async () => {
      toast(said(await send(`/v1/posts/${post.id}/${path}`, json)))
      await load()
    })
  const withReason = (path, title, confirm) =>
    doing(async () => {
      const answer = await ask({ title, fields: REASON, confirm, tone: 'bad' })
      if (answer === null) return
      toast(cancelled(await send(`/v1/posts/${post.id}/${path}`, reasonOf(answer))))
      await load()
    })
  return {
    approve: act('approve', { hash: post.hash }, () => 'Approved.'),
    reject: withReason('reject', 'Reject this post?', 'Reject'),
    cancel: withReason('cancel', 'Cancel this post?', 'Cancel it'),
  }
}

/** States of which no word of the platform is awaited and nothing is live. */
const EDITABLE = new Set(['review', 'accepted', 'scheduled', 'queued', 'failed', 'missed'])
export const mayEdit = (post) =>
  EDITABLE.has(post.state) && post.segments.every(({ platformId }) => platformId === null)

/** @param {any} post @param {() => Promise<void>} load */
export const actions = (post, load) => {
  const { approve, reject, cancel } = acts(post, load)
  const inReview = post.state === 'review'
  return h(
    'div',
    { class: 'end' },
    inReview && h('button', { class: 'button primary', 'data-key': 'y', onclick: approve }, icon('check'), 'Approve'),
    mayEdit(post) &&
      store.post.editing === null &&
      h('button', { class: 'button', 'data-key': 'e', onclick: () => change({ editing: startEdit(post) }) }, 'Edit'),
    inReview && h('button', { class: 'button', 'data-key': 'x', onclick: reject }, 'Reject'),
    !inReview &&
      CANCELLABLE.has(post.state) &&
      h('button', { class: 'button danger', 'data-tone': 'bad', onclick: cancel }, 'Cancel post'),
  )
}

/** What `datetime-local` takes: this device's own time. @param {string | null} instant */
const local = (instant) => {
  if (instant === null) return ''
  const at = new Date(instant)
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

export const startEdit = (post) => ({
  hash: post.hash,
  schedule: local(post.scheduledAt),
  segments: post.segments.map(({ text, media }) => ({ text, media })),
  errors: [],
})

/** @param {() => Promise<void>} load */
export const saveEdit = (load) =>
  doing(async () => {
    const { id, item, editing } = store.post
    const { hash, segments, schedule } = editing
    const before = local(item.scheduledAt)
    const time = schedule === before ? {} : { scheduledAt: schedule === '' ? null : new Date(schedule).toISOString() }
    try {
      await edit(`/v1/posts/${id}`, { hash, segments, ...time })
      toast('Edited: it waits for approval.')
      change({ editing: null })
      await load()
    } catch (error) {
      change({
        editing: {
          ...editing,
          errors: error.errors?.length > 0 ? error.errors : [{ path: '', message: error.message }],
        },
      })
    }
  })

/** @param {() => Promise<void>} load */
export const deleteSegment = (post, segment, load) =>
  doing(async () => {
    const answer = await ask({
      title: `Delete segment ${segment.index + 1} from ${post.platform.toUpperCase()}?`,
      text: `“${segment.text.slice(0, 120)}” is taken off the platform. This cannot be undone; its history stays here.`,
      confirm: 'Delete it',
      tone: 'bad',
    })
    if (answer === null) return
    await remove(`/v1/posts/${post.id}/segments/${segment.index}?confirm=${segment.platformId}`)
    toast('Asked for: it is deleted as soon as its account has a browser.')
    await load()
  })

/** @param {() => Promise<void>} load */
export const settle = (post, segment, load) =>
  doing(async () => {
    const answer = await ask({
      title: `What became of segment ${segment.index + 1}?`,
      text: `Nobody saw whether it was created. Look at @${post.account}'s own timeline, then say what is there.`,
      fields: [
        {
          name: 'platformId',
          label: 'It is live: its id or address',
          placeholder: 'Empty: it is not there',
          hint: 'Empty lets it be published again, within its time.',
        },
      ],
      confirm: 'Say so',
    })
    if (answer === null) return
    const { platformId } = answer
    const found = /(\d{15,20})\D*$/.exec(platformId)?.[1] ?? platformId
    const live = platformId === '' ? false : { platformId: found }
    await send(`/v1/posts/${post.id}/segments/${segment.index}/settle`, { live })
    toast(live === false ? 'Noted: it is not there.' : 'Noted: it is live.')
    await load()
  })
