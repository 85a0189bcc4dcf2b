import type { Account } from '../world/model.ts'
import { avatar } from './avatar.ts'
import { html } from './html.ts'
import { ICONS } from './icons.ts'
import { barePage } from './layout.ts'

/** Sign-in: choose who to be. There are no passwords on a playground. */
export const loginPage = (accounts: readonly Account[], next: string): string =>
  barePage(
    'Sign in',
    html`<div class="door">
      <div class="door-logo">${ICONS.logo}</div>
      <h1>Who are you today?</h1>
      <p>This is a playground: choose anybody.</p>
      <div class="door-people">
        ${accounts.map(
          ({ handle, name }) =>
            html`<form method="post" action="/login">
              <input type="hidden" name="handle" value="${handle}" /><input
                type="hidden"
                name="next"
                value="${next}"
              /><button type="submit" data-testid="LoginForm_Login_Button">
                ${avatar(handle, 44)}<span><b>${name}</b><small>@${handle}</small></span>
              </button>
            </form>`,
        )}
      </div>
      <form class="door-new" method="post" action="/login">
        <input type="hidden" name="next" value="${next}" /><input
          name="handle"
          autocomplete="username"
          placeholder="or a new handle"
          pattern="[A-Za-z0-9_]{1,15}"
          maxlength="15"
          required
        /><button type="submit" class="submit">Join</button>
      </form>
    </div>`,
  )

/** The page that asks for a person. Nothing on it can be solved: it is there to be recognised. */
export const challengePage: string = barePage(
  'Account access',
  html`<div class="door">
    <div class="door-logo">${ICONS.logo}</div>
    <h1>Your account has been locked.</h1>
    <p>What happened? We have detected unusual activity. Verify you are human to go on.</p>
    <form action="/account/access" method="post"><button type="submit" class="submit" disabled>Start</button></form>
  </div>`,
)

export const consentPage: string = barePage(
  'Cookies',
  html`<div class="door">
    <h1>Did someone say … cookies?</h1>
    <p>The site uses cookies to work at all.</p>
    <button type="button" role="button" class="submit"><span>Accept all cookies</span></button
    ><button type="button" role="button" class="quiet"><span>Refuse non-essential cookies</span></button>
  </div>`,
)

export const blankPage: string = barePage('', html``)
