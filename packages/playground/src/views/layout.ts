import type { Account } from '../world/model.ts'
import { ASSETS, SCRIPTS } from './assets.ts'
import { avatar } from './avatar.ts'
import { type Html, html } from './html.ts'
import { ICONS } from './icons.ts'

export interface PageView {
  readonly title: string
  readonly viewer: Account | undefined
  readonly main: Html
  /** Beside the main column, on wide screens. */
  readonly aside?: Html
  /** Over everything: dialogs. */
  readonly layers?: Html | false
  readonly active?: 'home' | 'notifications' | 'profile'
}

const entry = (href: string, testId: string, icon: Html, label: string, active: boolean): Html =>
  html`<a
    href="${href}"
    role="link"
    class="nav-link"
    data-testid="${testId}"
    aria-label="${label}"
    ${active && html`aria-current="page"`}
    >${icon}<span>${label}</span></a
  >`

const signedInNav = (viewer: Account, active: PageView['active']): Html =>
  html`${entry('/home', 'AppTabBar_Home_Link', ICONS.home, 'Home', active === 'home')}${entry(
      '/notifications/mentions',
      'AppTabBar_Notifications_Link',
      ICONS.bell,
      'Mentions',
      active === 'notifications',
    )}${entry(`/${viewer.handle}`, 'AppTabBar_Profile_Link', ICONS.person, 'Profile', active === 'profile')}<a
      href="/compose/post"
      role="link"
      class="nav-post"
      data-testid="SideNav_NewTweet_Button"
      aria-label="Post"
      >${ICONS.pen}<span>Post</span></a
    >
    <form class="account" method="post" action="/logout">
      <button
        type="submit"
        data-testid="SideNav_AccountSwitcher_Button"
        aria-label="Account menu: be somebody else"
        title="Be somebody else"
      >
        ${avatar(viewer.handle, 36)}<span class="account-name"
          ><b>${viewer.name}</b><small>@${viewer.handle}</small></span
        >
      </button>
    </form>`

const signedOutNav: Html = html`<a href="/login" role="link" class="nav-post" data-testid="loginButton"
  ><span>Sign in</span></a
>`

const document = (title: string, body: Html): string =>
  `<!doctype html>${
    html`<html lang="en" dir="ltr">
      <head>
        <meta charset="utf-8" />
        <title>${title} / Playground</title>
        <meta name="viewport" content="width=device-width,initial-scale=1,viewport-fit=cover" />
        <meta name="color-scheme" content="light dark" />
        <link rel="icon" href="${ASSETS}/icon.svg" />
        <link rel="stylesheet" href="${ASSETS}/style.css" />
        ${SCRIPTS.map((name) => html`<link rel="modulepreload" href="${ASSETS}/${name}.js" />`)}
        <script type="module" src="${ASSETS}/main.js"></script>
      </head>
      <body>
        ${body}
      </body>
    </html>`.html
  }`

/** A whole page with the site's frame around it. */
export const page = (view: PageView): string =>
  document(
    view.title,
    html`<div id="react-root" class="frame">
        <header role="banner" class="side">
          <nav role="navigation" aria-label="Primary">
            <a href="/home" class="nav-logo" aria-label="Playground">${ICONS.logo}</a>${view.viewer
              ? signedInNav(view.viewer, view.active)
              : signedOutNav}
          </nav>
        </header>
        <main role="main" class="main">
          <div class="column" data-testid="primaryColumn">${view.main}</div>
          ${view.aside && html`<aside class="aside" data-testid="sidebarColumn">${view.aside}</aside>`}
        </main>
      </div>
      <div id="layers">${view.layers}</div>`,
  )

/** A page without the frame: sign-in, challenges. */
export const barePage = (title: string, body: Html): string => document(title, html`<div class="bare">${body}</div>`)
