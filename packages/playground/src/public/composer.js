import { call } from './api.js'
import { attachmentsOf, startAttachments } from './attachments.js'
import { refreshLists, startLists } from './list.js'
import { toast } from './toast.js'
import { LIMIT, weigh } from './weigh.js'

/** The text of a box as it will be sent: line breaks as written. */
const textOf = (box) => {
  let text = ''
  const walk = (node) => {
    for (const child of node.childNodes) {
      if (child.nodeType === Node.TEXT_NODE) text += child.data
      else if (child.nodeName === 'BR') text += '\n'
      else {
        if (/^(?:DIV|P)$/.test(child.nodeName) && text !== '' && !text.endsWith('\n')) text += '\n'
        walk(child)
      }
    }
  }
  walk(box)
  return text.replaceAll('\u00a0', ' ').replace(/\n+$/, '')
}

const partsOf = (composer) => [...composer.querySelectorAll('.part')]
const draftOf = (part) => ({ text: textOf(part.querySelector('.box')), media: attachmentsOf(part) })
const isReady = ({ text, media }) =>
  (text.trim() !== '' || media.length > 0) && weigh(text) <= LIMIT && media.every(({ id }) => id)

const drawRing = (composer, length) => {
  const ring = composer.querySelector('.ring')
  const left = LIMIT - length
  ring.dataset.state = left < 0 ? 'over' : left <= 20 ? 'near' : length > 0 ? 'some' : 'none'
  ring.querySelector('.ring-fill').setAttribute('stroke-dasharray', `${Math.min(100, (length / LIMIT) * 100)} 100`)
  ring.querySelector('.ring-left').textContent = left <= 20 ? String(left) : ''
}

const update = (composer) => {
  const drafts = partsOf(composer).map(draftOf)
  const current = composer.querySelector('.part:focus-within') ?? partsOf(composer).at(-1)
  for (const part of partsOf(composer))
    part.querySelector('.box').toggleAttribute('data-empty', textOf(part.querySelector('.box')) === '')
  drawRing(composer, weigh(draftOf(current).text))
  const ready = drafts.every(isReady) && !composer.dataset.sending
  const submit = composer.querySelector('.submit')
  submit.disabled = !ready
  submit.setAttribute('aria-disabled', String(!ready))
  if (!composer.dataset.replyTo) submit.querySelector('span').textContent = drafts.length > 1 ? 'Post all' : 'Post'
  const add = composer.querySelector('[data-testid=addButton]')
  if (add) add.disabled = !ready
}

const insert = (text) => {
  const lines = text.replaceAll('\r\n', '\n').split('\n')
  for (const [n, line] of lines.entries()) {
    if (n > 0) document.execCommand('insertLineBreak')
    if (line !== '') document.execCommand('insertText', false, line)
  }
}

const onPaste = (event) => {
  const text = event.clipboardData?.getData('text/plain')
  if (!text) return
  event.preventDefault()
  event.currentTarget.focus()
  insert(text)
}

const startBox = (composer, box) => {
  box.addEventListener('input', () => update(composer))
  box.addEventListener('focus', () => update(composer))
  box.addEventListener('paste', onPaste)
  box.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return
    event.preventDefault()
    if (event.ctrlKey || event.metaKey) composer.querySelector('.submit').click()
    else document.execCommand('insertLineBreak')
  })
}

const addPart = (composer) => {
  const first = partsOf(composer)[0]
  const part = first.cloneNode(true)
  const box = part.querySelector('.box')
  box.replaceChildren()
  box.dataset.testid = `tweetTextarea_${partsOf(composer).length}`
  box.dataset.placeholder = 'Add another post'
  part.querySelector('.attachments').replaceChildren()
  part.querySelector('.attachments').hidden = true
  composer.querySelector('.parts').append(part)
  startBox(composer, box)
  box.focus()
  update(composer)
}

/** Send the parts one after another, each an answer to the one before. @returns the first one's link */
const send = async (composer) => {
  let replyTo = composer.dataset.replyTo
  let link
  for (const { text, media } of partsOf(composer).map(draftOf)) {
    const data = await call('CreateTweet', {
      tweet_text: text,
      ...(replyTo ? { reply: { in_reply_to_tweet_id: replyTo, exclude_reply_user_ids: [] } } : {}),
      media: { media_entities: media.map(({ id }) => ({ media_id: id, tagged_users: [] })), possibly_sensitive: false },
    })
    const { result } = data.create_tweet.tweet_results
    replyTo = result.rest_id
    link ??= `/${result.core.user_results.result.core.screen_name}/status/${result.rest_id}`
  }
  return link
}

/** Bring what is behind a dialog or around a composer up to date without leaving the page, as X does. */
const refresh = async () => {
  if (document.querySelector('.list')) return refreshLists()
  const response = await fetch(location.href)
  const fresh = new DOMParser().parseFromString(await response.text(), 'text/html')
  document.querySelector('.column').replaceWith(fresh.querySelector('.column'))
  startLists(document)
  startComposers(document.querySelector('.column'))
}

export const closeDialog = () => {
  for (const layer of document.querySelectorAll('#layers > :not(.toast)')) layer.remove()
  if (location.pathname === '/compose/post') history.replaceState(null, '', '/home')
}

const empty = (composer) => {
  for (const part of partsOf(composer).slice(1)) part.remove()
  composer.querySelector('.box').replaceChildren()
  composer.querySelector('.attachments').replaceChildren()
  composer.querySelector('.attachments').hidden = true
}

const submit = async (composer) => {
  composer.dataset.sending = 'yes'
  update(composer)
  try {
    const link = await send(composer)
    toast(composer.dataset.replyTo ? 'Your reply was sent.' : 'Your post was sent.', link)
    if (composer.dataset.kind === 'dialog') closeDialog()
    else empty(composer)
    await refresh()
  } catch (error) {
    toast(error instanceof TypeError ? 'Something went wrong. Try reloading.' : error.message)
  } finally {
    delete composer.dataset.sending
    update(composer)
  }
}

const startComposer = (composer) => {
  for (const box of composer.querySelectorAll('.box')) startBox(composer, box)
  startAttachments(composer, () => update(composer))
  composer.querySelector('.submit').addEventListener('click', () => void submit(composer))
  composer.querySelector('[data-testid=addButton]')?.addEventListener('click', () => addPart(composer))
  update(composer)
  if (composer.dataset.kind === 'dialog') composer.querySelector('.box').focus()
}

export const startComposers = (scope) => {
  for (const composer of scope.querySelectorAll('.composer')) startComposer(composer)
}

document.addEventListener('click', (event) => {
  if (event.target.closest('[data-testid=app-bar-close]') || event.target.matches('[data-testid=mask]')) closeDialog()
})
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') closeDialog()
})
