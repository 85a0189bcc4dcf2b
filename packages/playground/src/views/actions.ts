import { type Html, html } from './html.ts'
import { ICONS } from './icons.ts'
import { abbreviated, groupLabel } from './numbers.ts'
import { type PostView, permalink } from './post-view.ts'

const counted = (count: number): Html =>
  html`<span data-testid="app-text-transition-container" class="count"><span>${abbreviated(count)}</span></span>`

const button = (testId: string, label: string, icon: Html, count: number, on = false): Html =>
  html`<button
    type="button"
    role="button"
    class="action ${testId}"
    aria-label="${label}"
    data-testid="${testId}"
    ${on && html`data-on`}
  >
    ${icon}${counted(count)}
  </button>`

const bookmarkLabel = (view: PostView, focal: boolean): string => {
  const verb = view.mine.bookmarked ? 'Bookmarked' : 'Bookmark'
  return focal && view.figures.bookmarks > 0 ? `${view.figures.bookmarks} Bookmarks. ${verb}` : verb
}

/** The buttons under a post: their labels carry the exact figures, their texts the abbreviated ones. */
export const actions = (view: PostView, focal: boolean): Html => {
  const { figures: f, mine, post } = view
  return html`<div role="group" class="actions" aria-label="${groupLabel(f)}">
    ${button('reply', `${f.replies} Replies. Reply`, ICONS.reply, f.replies)}${button(
      mine.reposted ? 'unretweet' : 'retweet',
      `${f.reposts} reposts. ${mine.reposted ? 'Reposted' : 'Repost'}`,
      ICONS.repost,
      f.reposts,
      mine.reposted,
    )}${button(
      mine.liked ? 'unlike' : 'like',
      `${f.likes} Likes. ${mine.liked ? 'Liked' : 'Like'}`,
      ICONS.like,
      f.likes,
      mine.liked,
    )}${!focal &&
    f.views > 0 &&
    html`<a
      class="action views"
      role="link"
      href="${permalink(post)}/analytics"
      aria-label="${f.views} views. View post analytics"
      >${ICONS.views}${counted(f.views)}</a
    >`}${button(
      mine.bookmarked ? 'removeBookmark' : 'bookmark',
      bookmarkLabel(view, focal),
      ICONS.bookmark,
      focal ? f.bookmarks : 0,
      mine.bookmarked,
    )}
  </div>`
}
