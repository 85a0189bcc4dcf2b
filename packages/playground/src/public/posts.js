import { call } from './api.js'
import { closeDialog, startComposers } from './composer.js'
import { refreshLists } from './list.js'
import { toast } from './toast.js'

const layers = () => document.querySelector('#layers')

const build = (html) => {
  const template = document.createElement('template')
  template.innerHTML = html
  return template.content
}

/** Answer a post in a dialog. */
const openReply = async (id) => {
  const response = await fetch(`/i/reply/${id}`)
  if (!response.ok) return toast('This post cannot be answered.')
  closeDialog()
  layers().append(build(await response.text()))
  startComposers(layers())
}

const closeMenu = () => layers().querySelector('.menu-layer')?.remove()

const openMenu = (button) => {
  closeMenu()
  const { id, handle } = button.closest('article').dataset
  const { right, bottom } = button.getBoundingClientRect()
  const own = button.hasAttribute('data-own')
  const items = own
    ? '<div role="menuitem" tabindex="0" class="danger" data-act="delete">Delete</div><div role="menuitem" tabindex="0" data-act="link">Copy link</div>'
    : `<div role="menuitem" tabindex="0" data-act="link">Copy link</div><a role="menuitem" tabindex="0" href="/${handle}">Go to @${handle}</a>`
  const layer = build(
    `<div class="menu-layer"><div class="menu" role="menu" data-testid="Dropdown">${items}</div></div>`,
  ).firstChild
  const menu = layer.firstChild
  menu.style.top = `${Math.min(bottom, innerHeight - 120)}px`
  menu.style.right = `${document.documentElement.clientWidth - right}px`
  layer.addEventListener('click', (event) => {
    const act = event.target.closest('[data-act]')?.dataset.act
    closeMenu()
    if (act === 'delete') confirmDelete(id)
    if (act === 'link') void navigator.clipboard?.writeText(`${location.origin}/${handle}/status/${id}`)
  })
  layers().append(layer)
  menu.firstChild.focus()
}

const confirmDelete = (id) => {
  const sheet = build(
    '<div class="sheet-layer"><div class="mask" data-testid="mask"></div><div class="dialog sheet" role="dialog" aria-modal="true" data-testid="confirmationSheetDialog"><h3>Delete post?</h3><p>This can’t be undone. It goes from your profile and from every list.</p><button type="button" class="submit danger" data-testid="confirmationSheetConfirm">Delete</button><button type="button" class="quiet" data-testid="confirmationSheetCancel">Cancel</button></div></div>',
  ).firstChild
  sheet.addEventListener('click', (event) => {
    const button = event.target.closest('button')
    if (!button) return
    sheet.remove()
    if (button.dataset.testid === 'confirmationSheetConfirm') void deletePost(id)
  })
  layers().append(sheet)
}

const deletePost = async (id) => {
  try {
    await call('DeleteTweet', { tweet_id: id })
    toast('Your post was deleted')
    if (document.querySelector('.list')) await refreshLists()
    else document.querySelector(`article[data-id="${id}"]`)?.closest('.cell')?.remove()
  } catch (error) {
    toast(error instanceof TypeError ? 'Something went wrong. Try reloading.' : error.message)
  }
}

const MARKS = {
  like: { operation: 'FavoriteTweet', becomes: 'unlike', figure: 'Likes', did: 'Liked', step: 1 },
  unlike: { operation: 'UnfavoriteTweet', becomes: 'like', figure: 'Likes', did: 'Like', step: -1 },
  retweet: { operation: 'CreateRetweet', becomes: 'unretweet', figure: 'reposts', did: 'Reposted', step: 1 },
  unretweet: { operation: 'DeleteRetweet', becomes: 'retweet', figure: 'reposts', did: 'Repost', step: -1 },
  bookmark: { operation: 'CreateBookmark', becomes: 'removeBookmark', figure: 'Bookmarks', did: 'Bookmarked', step: 1 },
  removeBookmark: { operation: 'DeleteBookmark', becomes: 'bookmark', figure: 'Bookmarks', did: 'Bookmark', step: -1 },
}

/** Show a mark at once; the next load shows the site's own figures. */
const mark = async (button, { operation, becomes, figure, did, step }) => {
  const article = button.closest('article')
  try {
    await call(operation, { tweet_id: article.dataset.id })
  } catch (error) {
    return toast(error instanceof TypeError ? 'Something went wrong. Try reloading.' : error.message)
  }
  const counted = /^(\d+) /.exec(button.getAttribute('aria-label'))
  const count = counted ? Math.max(0, Number(counted[1]) + step) : undefined
  button.classList.replace(button.dataset.testid, becomes)
  button.dataset.testid = becomes
  button.toggleAttribute('data-on', step > 0)
  button.setAttribute('aria-label', count === undefined ? did : `${count} ${figure}. ${did}`)
  const shown = button.querySelector('.count span')
  if (count !== undefined && count < 1000) shown.textContent = count === 0 ? '' : String(count)
}

const onClick = (event) => {
  const button = event.target.closest('button, a, [role=link]')
  const article = event.target.closest('article')
  if (!article) return
  const testid = button?.dataset.testid
  if (testid === 'reply') return void openReply(article.dataset.id)
  if (testid === 'caret') return openMenu(button)
  if (testid in MARKS) return void mark(button, MARKS[testid])
  if (button?.dataset.href) return location.assign(button.dataset.href)
  if (button || getSelection()?.toString()) return
  if (!article.classList.contains('focal')) location.assign(`/${article.dataset.handle}/status/${article.dataset.id}`)
}

export const startPosts = () => {
  document.addEventListener('click', onClick)
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') closeMenu()
    if (event.key === 'Enter' && event.target.matches('[role=menuitem], article, .quoted')) event.target.click()
  })
}
