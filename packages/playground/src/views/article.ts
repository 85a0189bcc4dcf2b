import type { Account, Figures, Post } from '../world/model.ts'
import { avatar } from './avatar.ts'
import { type Html, html } from './html.ts'
import { ICONS } from './icons.ts'
import { abbreviated, groupLabel } from './numbers.ts'
import { renderText } from './text.ts'

/** All that one post's article shows, gathered beforehand. */
export interface PostView {
  readonly post: Post
  readonly author: Account
  readonly figures: Figures
  readonly mine: { readonly liked: boolean; readonly reposted: boolean; readonly bookmarked: boolean; readonly own: boolean }
  readonly answering: string | undefined
  readonly quoted: { readonly post: Post; readonly author: Account } | undefined
}

export interface ArticleStyle {
  readonly now: Date
  /** The post that its page is about: larger, with its date and views in full. */
  readonly focal?: boolean
  /** A line leads on to the answer below. */
  readonly parent?: boolean
  readonly context?: 'pinned' | 'promoted'
}

/** X cuts long texts in lists at about this many characters. */
const SHOW_MORE_AT = 280

const longDate = new Intl.DateTimeFormat('en', { hour: 'numeric', minute: '2-digit', timeZone: 'UTC' })
const shortDate = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric', timeZone: 'UTC' })
const fullDate = new Intl.DateTimeFormat('en', { year: 'numeric', month: 'short', day: 'numeric', timeZone: 'UTC' })

export const inFull = (at: Date): string => `${longDate.format(at)} · ${fullDate.format(at)}`

/** `12s`, `4m`, `3h`, then the day. */
export const age = (at: Date, now: Date): string => {
  const seconds = Math.max(0, Math.floor((now.getTime() - at.getTime()) / 1000))
  if (seconds < 60) return `${seconds}s`
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}m`
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)}h`
  return at.getUTCFullYear() === now.getUTCFullYear() ? shortDate.format(at) : fullDate.format(at)
}

export const permalink = ({ handle, id }: Pick<Post, 'handle' | 'id'>): string => `/${handle}/status/${id}`

const userName = (author: Account, time: Html | false): Html => html`<div class="user-name" data-testid="User-Name"><div><a href="/${author.handle}" role="link" class="name"><span>${author.name}</span></a></div><div class="at"><a href="/${author.handle}" role="link" tabindex="-1"><span>@${author.handle}</span></a>${time}</div></div>`

const shortTime = (post: Post, now: Date): Html => html`<span aria-hidden="true">·</span><a href="${permalink(post)}" dir="ltr" aria-label="${age(post.createdAt, now)} ago" role="link"><time datetime="${post.createdAt.toISOString()}">${age(post.createdAt, now)}</time></a>`

const longTime = ({ post, figures }: PostView): Html => html`<div class="when"><div dir="ltr"><a href="${permalink(post)}" aria-label="${inFull(post.createdAt)}" role="link"><time datetime="${post.createdAt.toISOString()}">${inFull(post.createdAt)}</time></a></div>${figures.views > 0 && html`<div dir="ltr" aria-hidden="true">·</div><div dir="ltr"><span><div class="inline"><span data-testid="app-text-transition-container"><span><span class="strong">${abbreviated(figures.views)}</span></span></span></div> <span>${figures.views === 1 ? 'View' : 'Views'}</span></span></div>`}</div>`

const counted = (count: number): Html => html`<span data-testid="app-text-transition-container" class="count"><span>${abbreviated(count)}</span></span>`

const button = (testId: string, label: string, icon: Html, count: number, on = false): Html =>
  html`<button type="button" role="button" class="action ${testId}" aria-label="${label}" data-testid="${testId}" ${on && html`data-on`}>${icon}${counted(count)}</button>`

const bookmarkLabel = (view: PostView, focal: boolean): string => {
  const verb = view.mine.bookmarked ? 'Bookmarked' : 'Bookmark'
  return focal && view.figures.bookmarks > 0 ? `${view.figures.bookmarks} Bookmarks. ${verb}` : verb
}

const actions = (view: PostView, focal: boolean): Html => {
  const { figures: f, mine, post } = view
  return html`<div role="group" class="actions" aria-label="${groupLabel(f)}">${button('reply', `${f.replies} Replies. Reply`, ICONS.reply, f.replies)}${button(mine.reposted ? 'unretweet' : 'retweet', `${f.reposts} reposts. ${mine.reposted ? 'Reposted' : 'Repost'}`, ICONS.repost, f.reposts, mine.reposted)}${button(mine.liked ? 'unlike' : 'like', `${f.likes} Likes. ${mine.liked ? 'Liked' : 'Like'}`, ICONS.like, f.likes, mine.liked)}${!focal && f.views > 0 && html`<a class="action views" role="link" href="${permalink(post)}/analytics" aria-label="${f.views} views. View post analytics">${ICONS.views}${counted(f.views)}</a>`}${button(mine.bookmarked ? 'removeBookmark' : 'bookmark', bookmarkLabel(view, focal), ICONS.bookmark, focal ? f.bookmarks : 0, mine.bookmarked)}</div>`
}

const photos = (post: Post): Html | false =>
  post.media.length > 0 &&
  html`<div class="photos n${post.media.length}">${post.media.map((media, n) => html`<a href="${permalink(post)}/photo/${n + 1}" role="link"><div aria-label="${media.alt === '' ? 'Image' : media.alt}" data-testid="tweetPhoto"><img alt="${media.alt === '' ? 'Image' : media.alt}" draggable="true" src="/media/${media.id}" loading="lazy"></div></a>`)}</div>`

/** A quoted post has its own name, text and time, and is one big link. */
const quotedPost = ({ quoted }: PostView, now: Date): Html | false =>
  quoted !== undefined &&
  html`<div class="quoted" role="link" tabindex="0" data-href="${permalink(quoted.post)}"><div class="quoted-head">${avatar(quoted.author.handle, 20)}<div class="user-name" data-testid="User-Name"><span class="name">${quoted.author.name}</span><span class="at">@${quoted.author.handle}</span><span aria-hidden="true">·</span><div dir="ltr" aria-label="${age(quoted.post.createdAt, now)} ago"><time datetime="${quoted.post.createdAt.toISOString()}">${age(quoted.post.createdAt, now)}</time></div></div></div><div dir="auto" class="text" data-testid="tweetText">${renderText(quoted.post.text)}</div></div>`

const textOf = ({ post }: PostView, focal: boolean): Html | false => {
  if (post.text.trim() === '') return false
  const cut = !focal && [...post.text].length > SHOW_MORE_AT
  const shown = cut ? [...post.text].slice(0, SHOW_MORE_AT).join('').replace(/\s+\S*$/u, '') : post.text
  return html`<div dir="auto" lang="en" class="text" data-testid="tweetText">${renderText(shown)}</div>${cut && html`<a class="show-more" data-testid="tweet-text-show-more-link" href="${permalink(post)}">Show more</a>`}`
}

const context = (style: ArticleStyle): Html | false =>
  style.context !== undefined &&
  html`<div class="context">${ICONS.pin}<div data-testid="socialContext">${style.context === 'pinned' ? 'Pinned' : 'Promoted'}</div></div>`

/** One post as X shows it: the contract's attributes, this site's own looks. */
export const article = (view: PostView, style: ArticleStyle): Html => {
  const { post, author, mine, answering } = view
  const focal = style.focal === true
  return html`<article data-testid="tweet" role="article" tabindex="${focal ? -1 : 0}" class="post ${focal && 'focal'} ${style.parent === true && 'parent'}" data-id="${post.id}" data-handle="${post.handle}">${context(style)}<div class="post-side"><a href="/${author.handle}" data-testid="Tweet-User-Avatar" tabindex="-1">${avatar(author.handle)}</a></div><div class="post-body"><div class="post-head">${userName(author, !focal && shortTime(post, style.now))}<button type="button" class="caret" aria-haspopup="menu" aria-expanded="false" aria-label="More" data-testid="caret" ${mine.own && html`data-own`}>${ICONS.more}</button></div>${answering !== undefined && style.parent !== true && !focal && html`<div class="answering">Replying to <a href="/${answering}">@${answering}</a></div>`}${textOf(view, focal)}${photos(post)}${quotedPost(view, style.now)}${focal && longTime(view)}${actions(view, focal)}</div></article>`
}
