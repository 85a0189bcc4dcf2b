import { call, get, post } from '../api.js'
import { toast } from '../parts/parts.js'
import { store, update } from '../store.js'
import { LIMIT, weigh } from '../weigh.js'

const KEPT = 'surepost.draft'

const blankSegment = () => ({ key: crypto.randomUUID(), text: '', media: [] })

/** A draft has its Idempotency-Key from the start: however often it is sent, it becomes one post. */
const blank = () => ({
  key: crypto.randomUUID(),
  account: '',
  segments: [blankSegment()],
  schedule: '',
  replyTo: '',
  review: false,
  more: false,
  errors: {},
  sending: false,
})

/** Texts survive a reload; images are looked at again by their ids. */
const restore = () => {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? 'null')
    return kept === null ? blank() : { ...blank(), ...kept, errors: {}, sending: false }
  } catch {
    return blank()
  }
}

export const draft = () => (store.draft ??= restore())

/** @param {object} part what a person changed: then it is another request, with another key */
export const change = (part) => {
  const edited = { ...draft(), ...part, key: crypto.randomUUID(), errors: {} }
  sessionStorage.setItem(KEPT, JSON.stringify(edited))
  update({ draft: edited })
  measureSoon()
}

export const discard = () => {
  sessionStorage.removeItem(KEPT)
  update({ draft: blank() })
}

/** @param {string} key @param {object} part */
export const changeSegment = (key, part) =>
  change({ segments: draft().segments.map((segment) => (segment.key === key ? { ...segment, ...part } : segment)) })

export const addSegment = () => {
  const added = blankSegment()
  change({ segments: [...draft().segments, added] })
  requestAnimationFrame(() => document.getElementById(`text-${added.key}`)?.focus())
}

/** @param {string} key */
export const removeSegment = (key) => change({ segments: draft().segments.filter((segment) => segment.key !== key) })

/** @param {string} key @param {1 | -1} step */
export const moveSegment = (key, step) => {
  const segments = [...draft().segments]
  const from = segments.findIndex((segment) => segment.key === key)
  const [moved] = segments.splice(from, 1)
  segments.splice(from + step, 0, moved)
  change({ segments })
}

/** What the API said of a text; the latest few are enough. */
const exact = new Map()

/** @param {string} text */
export const lengthOf = (text) => exact.get(text) ?? { length: weigh(text), limit: LIMIT }

let timer = 0
const measureSoon = () => {
  clearTimeout(timer)
  timer = setTimeout(async () => {
    const texts = draft().segments.map(({ text }) => text)
    const { lengths } = await post('/v1/measure', { texts }).catch(() => ({ lengths: [] }))
    if (exact.size > 200) exact.clear()
    for (const [n, length] of lengths.entries()) exact.set(texts[n], length)
    update()
  }, 250)
}

/** @param {string} key @param {FileList | File[]} files */
export const addImages = async (key, files) => {
  for (const file of [...files].slice(0, 4)) {
    try {
      const { id } = await call('POST', '/v1/media', { bytes: file })
      const segment = draft().segments.find((s) => s.key === key)
      if (segment && segment.media.length < 4) changeSegment(key, { media: [...segment.media, { id, alt: '' }] })
    } catch (error) {
      toast(`${file.name}: ${error.message}`, 'bad')
    }
  }
}

const bodyOf = ({ account, segments, schedule, replyTo, review }) => ({
  account,
  segments: segments.map(({ text, media }) => ({ text, media })),
  ...(schedule === '' ? {} : { scheduledAt: new Date(schedule).toISOString() }),
  ...(replyTo === '' ? {} : { replyTo: /(\d{15,20})\D*$/.exec(replyTo)?.[1] ?? replyTo }),
  approval: review ? 'review' : 'auto',
})

export const send = async () => {
  const sent = draft()
  if (sent.sending) return
  update({ draft: { ...sent, sending: true, errors: {} } })
  try {
    const { id } = await post('/v1/posts', bodyOf(sent), { 'idempotency-key': sent.key })
    discard()
    location.hash = `#/posts/${id}`
  } catch (error) {
    const errors = Object.fromEntries((error.errors ?? []).map(({ path, message }) => [path, message]))
    update({ draft: { ...draft(), sending: false, errors: { ...errors, '': error.message } } })
  }
}

export const loadAccounts = async () => {
  const { accounts } = await get('/v1/accounts')
  update({ accounts: { ...store.accounts, items: accounts, error: null } })
}
