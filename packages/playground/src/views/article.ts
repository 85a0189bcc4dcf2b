import type { Account, Post } from '../world/model.ts'
import { actions } from './actions.ts'
import { avatar } from './avatar.ts'
import { type Html, html } from './html.ts'
import { ICONS } from './icons.ts'
import { abbreviated } from './numbers.ts'
import { type PostView, permalink } from './post-view.ts'
import { renderText } from './text.ts'

export interface ArticleStyle {
  readonly now: Date
  /** The post that its page is about: larger, with its date and views in full. */
  readonly focal?: boolean
  /** A line leads on to the answer below. */
  readonly parent?: boolean
  /** Why the post stands here, when it is not its turn. */
  readonly context?: { readonly kind: 'pinned' | 'promoted' } | { readonly kind: 'reposted'; readonly by: Account }
}

/** X cuts long texts in lists at about this many characters. */
const SHOW_MORE_AT = 280

const longDate = new Intl.DateTimeFormat('en', { hour: 'numeric', minute: '2-digit', timeZone: 'UTC' })
const shortDate = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric', timeZone: 'UTC' })
const fullDate = new Intl.DateTimeFormat('en', { year: 'numeric', month: 'short', day: 'numeric', timeZone: 'UTC' })

const inFull = (at: Date): string => `${longDate.format(at)} · ${fullDate.format(at)}`

/** `12s`, `4m`, `3h`, then the day. */
const age = (at: Date, now: Date): string => {
  const seconds = Math.max(0, Math.floor((now.getTime() - at.getTime()) / 1000))
  if (seconds < 60) return `${seconds}s`
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}m`
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)}h`
  return at.getUTCFullYear() === now.getUTCFullYear() ? shortDate.format(at) : fullDate.format(at)
}

const userName = (author: Account, time: Html | false): Html =>
  html`<div class="user-name" data-testid="User-Name">
    <div>
      <a href="/${author.handle}" role="link" class="name"><span>${author.name}</span></a>
    </div>
    <div class="at">
      <a href="/${author.handle}" role="link" tabindex="-1"><span>@${author.handle}</span></a
      >${time}
    </div>
  </div>`

const shortTime = (post: Post, now: Date): Html =>
  html`<span aria-hidden="true">·</span
    ><a href="${permalink(post)}" dir="ltr" aria-label="${age(post.createdAt, now)} ago" role="link"
      ><time datetime="${post.createdAt.toISOString()}">${age(post.createdAt, now)}</time></a
    >`

const longTime = ({ post, figures }: PostView): Html =>
  html`<div class="when">
    <div dir="ltr">
      <a href="${permalink(post)}" aria-label="${inFull(post.createdAt)}" role="link"
        ><time datetime="${post.createdAt.toISOString()}">${inFull(post.createdAt)}</time></a
      >
    </div>
    ${figures.views > 0 &&
    html`<div dir="ltr" aria-hidden="true">·</div>
      <div dir="ltr">
        <span
          ><div class="inline">
            <span data-testid="app-text-transition-container"
              ><span><span class="strong">${abbreviated(figures.views)}</span></span></span
            >
          </div>
          <span>${figures.views === 1 ? 'View' : 'Views'}</span></span
        >
      </div>`}
  </div>`

const photos = (post: Post): Html | false =>
  post.media.length > 0 &&
  html`<div class="photos n${post.media.length}">
    ${post.media.map(
      (media, n) =>
        html`<a href="${permalink(post)}/photo/${n + 1}" role="link"
          ><div aria-label="${media.alt === '' ? 'Image' : media.alt}" data-testid="tweetPhoto">
            <img
              alt="${media.alt === '' ? 'Image' : media.alt}"
              draggable="true"
              src="/media/${media.id}"
              loading="lazy"
            /></div
        ></a>`,
    )}
  </div>`

/** A quoted post has its own name, text and time, and is one big link. */
const quotedPost = ({ quoted }: PostView, now: Date): Html | false =>
  quoted !== undefined &&
  html`<div class="quoted" role="link" tabindex="0" data-href="${permalink(quoted.post)}">
    <div class="quoted-head">
      ${avatar(quoted.author.handle, 20)}
      <div class="user-name" data-testid="User-Name">
        <span class="name">${quoted.author.name}</span><span class="at">@${quoted.author.handle}</span
        ><span aria-hidden="true">·</span>
        <div dir="ltr" aria-label="${age(quoted.post.createdAt, now)} ago">
          <time datetime="${quoted.post.createdAt.toISOString()}">${age(quoted.post.createdAt, now)}</time>
        </div>
      </div>
    </div>
    <div dir="auto" class="text" data-testid="tweetText">${renderText(quoted.post.text)}</div>
  </div>`

const textOf = ({ post }: PostView, focal: boolean): Html | false => {
  if (post.text.trim() === '') return false
  const cut = !focal && post.text.length > SHOW_MORE_AT
  const shown = cut ? post.text.slice(0, SHOW_MORE_AT).replace(/\s+\S*$/u, '') : post.text
  return html`<div dir="auto" lang="en" class="text" data-testid="tweetText">${renderText(shown)}</div>
    ${cut && html`<a class="show-more" data-testid="tweet-text-show-more-link" href="${permalink(post)}">Show more</a>`}`
}

const context = ({ context: why }: ArticleStyle): Html | false =>
  why !== undefined &&
  html`<div class="context">
    ${why.kind === 'reposted' ? ICONS.repost : ICONS.pin}
    <div data-testid="socialContext">${contextText(why)}</div>
  </div>`

const contextText = (why: NonNullable<ArticleStyle['context']>): Html => {
  if (why.kind === 'reposted')
    return html`<a href="/${why.by.handle}" dir="ltr" role="link">${why.by.name} reposted</a>`
  return why.kind === 'pinned' ? html`Pinned` : html`Promoted`
}

/** One post as X shows it: the contract's attributes, this site's own looks. */
export const article = (view: PostView, style: ArticleStyle): Html => {
  const { post, author, mine, answering } = view
  const focal = style.focal === true
  return html`<article
    data-testid="tweet"
    role="article"
    tabindex="${focal ? -1 : 0}"
    class="post ${focal && 'focal'} ${style.parent === true && 'parent'}"
    data-id="${post.id}"
    data-handle="${post.handle}"
  >
    ${context(style)}
    <div class="post-side">
      <a href="/${author.handle}" data-testid="Tweet-User-Avatar" tabindex="-1">${avatar(author.handle)}</a>
    </div>
    <div class="post-body">
      <div class="post-head">
        ${userName(author, !focal && shortTime(post, style.now))}<button
          type="button"
          class="caret"
          aria-haspopup="menu"
          aria-expanded="false"
          aria-label="More"
          data-testid="caret"
          ${mine.own && html`data-own`}
        >
          ${ICONS.more}
        </button>
      </div>
      ${answering !== undefined &&
      style.parent !== true &&
      !focal &&
      html`<div class="answering">Replying to <a href="/${answering}">@${answering}</a></div>`}${textOf(
        view,
        focal,
      )}${photos(post)}${quotedPost(view, style.now)}${focal && longTime(view)}${actions(view, focal)}
    </div>
  </article>`
}
