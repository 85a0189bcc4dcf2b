import express, { type NextFunction, type Request, type Response, type Router } from 'express'
import type { Effect } from '../faults/catalog.ts'
import type { Site } from '../site.ts'
import { composeDialog } from '../views/composer.ts'
import { blankPage, challengePage, consentPage } from '../views/doors.ts'
import type { Html } from '../views/html.ts'
import { type PageView, page } from '../views/layout.ts'
import {
  type Notice,
  asideNote,
  conversationPage,
  homePage,
  mentionsPage,
  noticePage,
  profilePage,
} from '../views/pages.ts'
import { addressesIn, shortCode } from '../views/text.ts'
import { ancestorsOf, viewOf } from './gather.ts'
import { lose, pause, tooMany } from './strikes.ts'
import { visitorOf } from './visitor.ts'

const GONE: Notice = { title: 'Hmm...this page doesn’t exist.', detail: 'Try searching for something else.' }
const DELETED: Notice = { title: 'This Post was deleted by the Post author.', detail: 'Learn more' }
const NO_ACCOUNT: Notice = { title: 'This account doesn’t exist', detail: 'Try searching for another.' }

const NOTICES = {
  went_wrong: { title: 'Something went wrong. Try reloading.', detail: '', retry: true },
  age_gate: {
    title: 'Age-restricted adult content.',
    detail: 'This content might not be appropriate for people under 18 years old.',
  },
  suspended: { title: 'Account suspended', detail: 'X suspends accounts which violate the X Rules.' },
} as const satisfies Record<string, Notice>

const send = (site: Site, request: Request, response: Response, view: Omit<PageView, 'viewer' | 'aside'>): void => {
  const aside = asideNote([...site.world.accounts.values()].slice(-6).toReversed())
  response.type('html').send(page({ ...view, viewer: visitorOf(request, site.world), aside }))
}

const notice = (site: Site, request: Request, response: Response, what: Notice): void =>
  send(site, request, response, { title: what.title, main: noticePage(what) })

/** Faults that strike pages come before any page. */
const strikePages =
  (site: Site) =>
  async (request: Request, response: Response, next: NextFunction): Promise<void> => {
    const subject = { handle: visitorOf(request, site.world)?.handle, matching: request.originalUrl }
    const strikes = site.faults.strike('page', subject)
    for (const strike of strikes) {
      if (strike.effect.does === 'wait') await pause(strike.delayMs)
      if (strike.effect.does === 'too_many') return tooMany(response, strike, site.world.now())
      if (strike.effect.does === 'show') return showInstead(site, request, response, strike.effect.page)
    }
    if (!lose(response, strikes, 'before')) next()
  }

type Instead = Extract<Effect, { does: 'show' }>['page']

const showInstead = (site: Site, request: Request, response: Response, what: Instead): void => {
  if (what === 'home') return response.redirect('/home')
  if (what === 'signed_out') return response.redirect('/i/flow/login')
  if (what === 'challenge') return response.redirect('/account/access')
  if (what === 'consent') return void response.type('html').send(consentPage)
  if (what === 'blank') return void response.type('html').send(blankPage)
  notice(site, request, response, NOTICES[what])
}

const home =
  (site: Site, layers: (handle: string) => Html | false) =>
  (request: Request, response: Response): void => {
    const viewer = visitorOf(request, site.world)
    if (!viewer) return response.redirect('/i/flow/login')
    send(site, request, response, {
      title: 'Home',
      main: homePage(viewer),
      active: 'home',
      layers: layers(viewer.handle),
    })
  }

const status =
  (site: Site) =>
  (request: Request, response: Response): void => {
    const viewer = visitorOf(request, site.world)
    const post = site.world.post(String(request.params['id']))
    if (!post) return notice(site, request, response, GONE)
    if (post.deletedAt !== null) return notice(site, request, response, DELETED)
    const { ancestors, lost } = ancestorsOf(site.world, post)
    const view = (other: typeof post) => viewOf(site.world, other, viewer)
    const replies = site.world.repliesTo(post.id).filter((reply) => reply.deletedAt === null)
    send(site, request, response, {
      title: `${post.handle} on Playground`,
      main: conversationPage({
        parents: ancestors.map(view),
        lostParent: lost,
        focal: view(post),
        replies: replies.toReversed().slice(0, 50).map(view),
        viewer,
        now: site.world.now(),
      }),
    })
  }

const profile =
  (site: Site, withReplies: boolean) =>
  (request: Request, response: Response): void => {
    const viewer = visitorOf(request, site.world)
    const account = site.world.account(String(request.params['handle']))
    if (!account) return notice(site, request, response, NO_ACCOUNT)
    if (!viewer && withReplies) return response.redirect('/i/flow/login')
    const posts = site.world
      .allPosts()
      .filter((post) => post.handle === account.handle && post.deletedAt === null).length
    send(site, request, response, {
      title: `${account.name} (@${account.handle})`,
      main: profilePage({ account, posts, withReplies }),
      ...(viewer?.handle === account.handle ? { active: 'profile' as const } : {}),
    })
  }

const shortAddress =
  (site: Site) =>
  (request: Request, response: Response): void => {
    const code = String(request.params['code'])
    const url = site.world
      .allPosts()
      .flatMap(({ text }) => addressesIn(text))
      .find((address) => shortCode(address) === code)
    if (url === undefined) return notice(site, request, response, GONE)
    response.redirect(/^https?:/iu.test(url) ? url : `http://${url}`)
  }

/** The dialog that answers a post, for the page's own script. */
const replyDialog =
  (site: Site) =>
  (request: Request, response: Response): void => {
    const viewer = visitorOf(request, site.world)
    const post = site.world.post(String(request.params['id']))
    if (!viewer || !post || post.deletedAt !== null) return void response.status(404).end()
    const replyTo = { id: post.id, handle: post.handle }
    response.type('html').send(composeDialog({ handle: viewer.handle, kind: 'dialog', replyTo }).html)
  }

/** The pages that people and adapters look at. */
export const pages = (site: Site): Router => {
  const router = express.Router()
  router.get('/account/access', (_request, response) => void response.type('html').send(challengePage))
  router.get('/t.co/:code', shortAddress(site))
  router.get('/i/reply/:id', replyDialog(site))
  router.use(strikePages(site))
  router.get('/', (_request, response) => response.redirect('/home'))
  router.get(
    '/home',
    home(site, () => false),
  )
  router.get(
    '/compose/post',
    home(site, (handle) => composeDialog({ handle, kind: 'dialog' })),
  )
  router.get(['/notifications', '/notifications/mentions'], (request, response) => {
    if (!visitorOf(request, site.world)) return response.redirect('/i/flow/login')
    send(site, request, response, { title: 'Notifications', main: mentionsPage, active: 'notifications' })
  })
  router.get(
    [
      '/i/status/:id',
      '/i/web/status/:id',
      '/:handle/status/:id',
      '/:handle/status/:id/:part',
      '/:handle/status/:id/:part/:n',
    ],
    status(site),
  )
  router.get('/:handle', profile(site, false))
  router.get('/:handle/with_replies', profile(site, true))
  return router
}
