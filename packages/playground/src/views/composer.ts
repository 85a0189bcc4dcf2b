import { avatar } from './avatar.ts'
import { type Html, html } from './html.ts'
import { ICONS } from './icons.ts'

export interface ComposerView {
  readonly handle: string
  /** `inline` stands at the top of a page, `dialog` in a dialog, where a thread can be written. */
  readonly kind: 'inline' | 'dialog'
  readonly replyTo?: { readonly id: string; readonly handle: string } | undefined
}

const part = ({ handle, replyTo }: ComposerView): Html =>
  html`<div class="part">
    ${avatar(handle)}
    <div class="part-body">
      <div
        class="box"
        contenteditable="true"
        role="textbox"
        aria-multiline="true"
        aria-label="Post text"
        data-testid="tweetTextarea_0"
        data-placeholder="${replyTo ? 'Post your reply' : 'What is happening?'}"
        spellcheck="true"
      ></div>
      <div class="attachments" data-testid="attachments" hidden></div>
    </div>
  </div>`

const ring = html`<span class="ring" aria-hidden="true"
  ><svg viewBox="0 0 24 24">
    <circle class="ring-track" cx="12" cy="12" r="9.500" />
    <circle
      class="ring-fill"
      cx="12"
      cy="12"
      r="9.500"
      pathLength="100"
      stroke-dasharray="0 100"
      transform="rotate(-90 12 12)"
    /></svg
  ><b class="ring-left"></b
></span>`

/** The box in which posts are written; `composer.js` brings it to life. */
export const composer = (view: ComposerView): Html => {
  const { kind, replyTo } = view
  const submit = kind === 'inline' ? 'tweetButtonInline' : 'tweetButton'
  return html`<div class="composer" data-kind="${kind}" data-reply-to="${replyTo?.id ?? ''}">
    ${replyTo && html`<div class="answering">Replying to <a href="/${replyTo.handle}">@${replyTo.handle}</a></div>`}
    <div class="parts">${part(view)}</div>
    <div class="tools">
      <label class="tool" title="Add images"
        >${ICONS.image}<input
          type="file"
          class="file"
          data-testid="fileInput"
          accept="image/jpeg,image/png,image/webp,image/gif"
          multiple
          tabindex="-1" /></label
      ><span class="grow"></span>${ring}${kind === 'dialog' &&
      !replyTo &&
      html`<button
        type="button"
        class="tool"
        data-testid="addButton"
        aria-label="Add post"
        title="Add another post"
        disabled
      >
        ${ICONS.plus}
      </button>`}<button type="button" class="submit" data-testid="${submit}" disabled aria-disabled="true">
        <span>${replyTo ? 'Reply' : 'Post'}</span>
      </button>
    </div>
  </div>`
}

/** The same in a dialog over the page. */
export const composeDialog = (view: ComposerView): Html =>
  html`<div class="mask" data-testid="mask"></div>
    <div class="dialog compose-dialog" role="dialog" aria-modal="true" aria-label="Compose post">
      <div class="dialog-head">
        <button type="button" class="tool" data-testid="app-bar-close" aria-label="Close">${ICONS.close}</button>
      </div>
      ${composer(view)}
    </div>`
