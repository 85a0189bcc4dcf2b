import type { Account } from '../world/model.ts'
import { article } from './article.ts'
import { avatar } from './avatar.ts'
import { composer } from './composer.ts'
import { type Html, html } from './html.ts'
import { ICONS } from './icons.ts'
import type { PostView } from './post-view.ts'

const cell = (content: Html): Html => html`<div class="cell" data-testid="cellInnerDiv">${content}</div>`

const heading = (title: string, below: Html | false = false): Html =>
  html`<div class="heading">
    <h2>${title}</h2>
    ${below}
  </div>`

const backHeading = (title: string, detail?: string): Html =>
  html`<div class="heading with-back">
    <button type="button" class="tool" data-testid="app-bar-back" aria-label="Back">${ICONS.back}</button>
    <div>
      <h2>${title}</h2>
      ${detail !== undefined && html`<small>${detail}</small>`}
    </div>
  </div>`

/** A list that `list.js` fills and keeps as a window of articles, as X's lists are. */
const virtualList = (label: string, source: string): Html =>
  html`<section role="region" aria-label="${label}">
    <div class="list" aria-label="Timeline: ${label}" data-source="${source}">
      <div class="list-canvas"></div>
      <div class="list-end"><div class="spinner" role="progressbar" aria-label="Loading"></div></div>
    </div>
  </section>`

export const homePage = (viewer: Account): Html =>
  html`${heading('Home')}${composer({ handle: viewer.handle, kind: 'inline' })}${virtualList(
    'Your Home Timeline',
    '/i/api/list/home',
  )}`

export const mentionsPage: Html = html`${heading('Mentions')}${virtualList('Notifications', '/i/api/list/mentions')}`

const tab = (href: string, label: string, on: boolean): Html =>
  html`<a href="${href}" role="tab" aria-selected="${on ? 'true' : 'false'}">${label}</a>`

const joined = new Intl.DateTimeFormat('en', { month: 'long', year: 'numeric', timeZone: 'UTC' })

export interface ProfileView {
  readonly account: Account
  readonly posts: number
  readonly withReplies: boolean
}

export const profilePage = ({ account, posts, withReplies }: ProfileView): Html => {
  const base = `/${account.handle}`
  return html`${backHeading(account.name, `${posts} ${posts === 1 ? 'post' : 'posts'}`)}
    <div class="profile">
      <div class="banner">${avatar(account.handle, 600)}</div>
      <div class="profile-face">${avatar(account.handle, 112)}</div>
      <div data-testid="UserName" class="profile-name">
        <b>${account.name}</b><span>@${account.handle}</span>${account.automatedBy !== null &&
        html`<span class="automated">Automated by <a href="/${account.automatedBy}">@${account.automatedBy}</a></span>`}
      </div>
      ${account.bio !== '' && html`<p data-testid="UserDescription">${account.bio}</p>`}
      <p class="joined">${ICONS.calendar} Joined ${joined.format(account.joinedAt)}</p>
    </div>
    <nav class="tabs" role="tablist">
      ${tab(base, 'Posts', !withReplies)}${tab(`${base}/with_replies`, 'Replies', withReplies)}
    </nav>
    ${virtualList(`${account.name}’s posts`, `/i/api/list/profile/${account.handle}${withReplies ? '?replies=1' : ''}`)}`
}

export interface ConversationView {
  readonly parents: readonly PostView[]
  /** The first parent's own parent is gone. */
  readonly lostParent: boolean
  readonly focal: PostView
  readonly replies: readonly PostView[]
  readonly viewer: Account | undefined
  readonly now: Date
}

const tombstone = (text: string): Html => cell(html`<article tabindex="-1" class="tombstone">${text}</article>`)

/** A post's own page: what it answers first, then itself, then its answers. */
export const conversationPage = ({ parents, lostParent, focal, replies, viewer, now }: ConversationView): Html =>
  html`${backHeading('Post')}
    <section role="region" aria-label="Conversation">
      <div aria-label="Timeline: Conversation">
        ${lostParent && tombstone('This Post was deleted by the Post author.')}${parents.map((view) =>
          cell(article(view, { now, parent: true })),
        )}${cell(article(focal, { now, focal: true }))}${viewer &&
        html`<div class="cell inline-reply">
          ${composer({
            handle: viewer.handle,
            kind: 'inline',
            replyTo: { id: focal.post.id, handle: focal.post.handle },
          })}
        </div>`}${replies.map((view) => cell(article(view, { now })))}
      </div>
    </section>`

export interface Notice {
  readonly title: string
  readonly detail: string
  readonly retry?: boolean
}

/** What stands in the main column where a post or a profile should. */
export const noticePage = ({ title, detail, retry }: Notice): Html =>
  html`${backHeading('Post')}
    <div class="notice" data-testid="error-detail">
      <b>${title}</b><span>${detail}</span>${retry === true &&
      html`<button type="button" class="submit" onclick="location.reload()">Retry</button>`}
    </div>`

export const asideNote = (accounts: readonly Account[]): Html =>
  html`<section class="card">
      <h3>A playground</h3>
      <p>
        A microblog that lives on this machine. It speaks X’s page structure, holds the truth about every post, and
        fails on demand.
      </p>
      <p><a href="/ledger">Ledger</a> · <a href="/admin/faults">Faults</a></p>
    </section>
    <section class="card">
      <h3>Who is here</h3>
      ${accounts.map(
        ({ handle, name }) =>
          html`<a class="who" href="/${handle}"
            >${avatar(handle, 36)}<span><b>${name}</b><small>@${handle}</small></span></a
          >`,
      )}
    </section>`
