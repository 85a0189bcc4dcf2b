import type { Request, Response } from 'express'
import type { Account } from '../world/model.ts'
import type { World } from '../world/world.ts'

/** The cookies that a request carries. */
const cookiesOf = (request: Request): Readonly<Record<string, string>> =>
  Object.fromEntries(
    (request.headers.cookie ?? '')
      .split(';')
      .map((pair) => pair.trim().split('='))
      .filter(([name, value]) => name !== undefined && name !== '' && value !== undefined)
      .map(([name, ...value]) => [name, value.join('=')]),
  )

/** Who is looking: the account of the `auth_token` cookie. */
export const visitorOf = (request: Request, world: World): Account | undefined =>
  world.accountOfSession(cookiesOf(request)['auth_token'] ?? '')

/** Whether a call carries its cookie's `ct0` in `x-csrf-token` too, as X demands of every call that changes something. */
export const hasCsrfToken = (request: Request, account: Account): boolean =>
  cookiesOf(request)['ct0'] === account.ct0 && request.headers['x-csrf-token'] === account.ct0

const YEAR_S = 31_536_000

export const signIn = (response: Response, account: Account): void => {
  response.appendHeader(
    'set-cookie',
    `auth_token=${account.authToken}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${YEAR_S}`,
  )
  response.appendHeader('set-cookie', `ct0=${account.ct0}; Path=/; SameSite=Lax; Max-Age=${YEAR_S}`)
}

export const signOut = (response: Response): void => {
  for (const name of ['auth_token', 'ct0']) response.appendHeader('set-cookie', `${name}=; Path=/; Max-Age=0`)
}

/** The signed-in session as Playwright's `storageState` has it. */
export const storageStateOf = (account: Account, hostname: string): object => {
  const cookie = { domain: hostname, path: '/', expires: -1, secure: false, sameSite: 'Lax' }
  return {
    cookies: [
      { ...cookie, name: 'auth_token', value: account.authToken, httpOnly: true },
      { ...cookie, name: 'ct0', value: account.ct0, httpOnly: false },
    ],
    origins: [],
  }
}
