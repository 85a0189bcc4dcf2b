import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Request, RequestHandler, Response } from 'express'
import { sha256 } from '@surepost/shared/contracts'
import { Problem } from './problems.ts'

const COOKIE = 'surepost_session'
/** How long a sign-in of the page lasts. */
const SESSION_MS = 12 * 60 * 60 * 1_000
/** Only scripts of our own origin can set a header of their own; a form or an image of another site cannot. */
const PAGE_HEADER = 'x-surepost-page'

/** Equal in constant time, whatever the lengths. */
const same = (a: string, b: string): boolean =>
  timingSafeEqual(Buffer.from(sha256(a), 'hex'), Buffer.from(sha256(b), 'hex'))

export interface Keys {
  /** The name that stands for the API key in facts and derived ids: says nothing of the key. */
  readonly client: string
  isApiKey(candidate: string): boolean
  /** A value for the cookie: an expiry and a nonce under a MAC keyed by the API key, so changing the key signs everybody out. */
  newSession(now: Date): string
  isSession(candidate: string, now: Date): boolean
}

export const keysOf = (apiKey: string): Keys => {
  const macKey = sha256(`surepost console session\n${apiKey}`)
  const mac = (data: string): string => createHmac('sha256', macKey).update(data).digest('base64url')
  return {
    client: `key-${sha256(`surepost client\n${apiKey}`).slice(0, 12)}`,
    isApiKey: (candidate) => same(candidate, apiKey),
    newSession(now) {
      const data = `${now.getTime() + SESSION_MS}.${randomBytes(12).toString('base64url')}`
      return `${data}.${mac(data)}`
    },
    isSession(candidate, now) {
      const [until, nonce, signature] = candidate.split('.')
      if (until === undefined || nonce === undefined || signature === undefined) return false
      return same(signature, mac(`${until}.${nonce}`)) && Number(until) > now.getTime()
    },
  }
}

const cookieOf = (request: Request): string | undefined =>
  (request.headers.cookie ?? '')
    .split(';')
    .map((pair) => pair.trim().split('='))
    .find(([name]) => name === COOKIE)?.[1]

const cookieOptions = (request: Request) =>
  ({ httpOnly: true, sameSite: 'strict', secure: request.secure, path: '/' }) as const

export const setSession = (request: Request, response: Response, keys: Keys): void => {
  response.cookie(COOKIE, keys.newSession(new Date()), { ...cookieOptions(request), maxAge: SESSION_MS })
}
export const clearSession = (request: Request, response: Response): void => {
  response.clearCookie(COOKIE, cookieOptions(request))
}
export const hasSession = (request: Request, keys: Keys): boolean => keys.isSession(cookieOf(request) ?? '', new Date())

/** @throws Problem `forbidden` unless the request can only have come from our own page */
export const requirePage = (request: Request): void => {
  const site = request.get('sec-fetch-site')
  if (request.get(PAGE_HEADER) === undefined || (site !== undefined && site !== 'same-origin'))
    throw new Problem(
      'forbidden',
      `A change with the page's cookie must come from the page itself (header ${PAGE_HEADER}).`,
    )
}

const READING = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Lets a request through with the API key as its bearer token, or with the page's cookie. */
export const authenticate =
  (keys: Keys): RequestHandler =>
  (request, response, next) => {
    const bearer = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1]
    const ok = bearer === undefined ? hasSession(request, keys) : keys.isApiKey(bearer)
    if (!ok) {
      response.setHeader('www-authenticate', 'Bearer realm="surepost"')
      throw new Problem('unauthorized', 'Send the API key as Authorization: Bearer <key>, or sign in on the page.')
    }
    if (bearer === undefined && !READING.has(request.method)) requirePage(request)
    response.locals['client'] = keys.client
    next()
  }

/** The caller that `authenticate` let through. */
export const clientOf = (response: Response): string => String(response.locals['client'])
