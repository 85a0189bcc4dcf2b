import express, { type Request, type Response, type Router } from 'express'
import { z } from 'zod'
import { FAULTS, FaultRequest } from '../faults/catalog.ts'
import type { Site } from '../site.ts'
import { storageStateOf } from './visitor.ts'

/** Names that the site's own addresses use. */
const RESERVED = [
  'home',
  'login',
  'logout',
  'i',
  'compose',
  'notifications',
  'account',
  'admin',
  'ledger',
  'readyz',
  'static',
  'media',
  'hashtag',
  't.co',
]

export const Handle = z
  .string()
  .regex(/^[A-Za-z0-9_]{1,50}$/u, 'must be 1 to 50 letters, digits or underscores')
  .refine((handle) => !RESERVED.includes(handle.toLowerCase()), 'is an address of the site itself')

const Count = z.int().nonnegative().optional()
const Figures = z.strictObject({
  replies: Count,
  reposts: Count,
  quotes: Count,
  likes: Count,
  bookmarks: Count,
  views: Count,
})
const NewAccount = z.strictObject({
  handle: Handle,
  name: z.string().min(1).max(50).optional(),
  bio: z.string().max(160).optional(),
  /** The label of an automated account, with the handle of its human; null takes it away, left out it stays. */
  automatedBy: Handle.nullish(),
})
const NewPost = z.strictObject({
  handle: Handle,
  text: z.string().min(1).max(25_000),
  inReplyTo: z
    .string()
    .regex(/^\d{15,20}$/u)
    .nullish(),
  quotes: z
    .string()
    .regex(/^\d{15,20}$/u)
    .nullish(),
  pinned: z.boolean().optional(),
  promoted: z.boolean().optional(),
  figures: Figures.optional(),
})
const Change = z.strictObject({ pinned: z.boolean().optional(), figures: Figures.nullish() })

const isLoopback = (address: string | undefined): boolean =>
  /^(?:::1|(?:::ffff:)?127\.\d+\.\d+\.\d+)$/u.test(address ?? '')

/** The body by its schema, or an answer that says what is wrong with it. */
const bodyBy = <T extends z.ZodType>(schema: T, request: Request, response: Response): z.output<T> | undefined => {
  const body = schema.safeParse(request.body ?? {})
  if (body.success) return body.data
  response.status(400).json({ error: z.prettifyError(body.error) })
  return undefined
}

/** The host that the account's browser will know the site by. */
const hostOf = ({ publicUrl }: Site, request: Request): string =>
  publicUrl === undefined ? request.hostname : new URL(publicUrl).hostname

/** Whether a request may use the admin routes: it is of this machine, or has the key. */
const isAdmin = ({ adminKey }: Site, request: Request): boolean =>
  isLoopback(request.socket.remoteAddress) ||
  (adminKey !== undefined && request.headers.authorization === `Bearer ${adminKey}`)

const addAccount =
  (site: Site) =>
  (request: Request, response: Response): void => {
    const body = bodyBy(NewAccount, request, response)
    if (!body) return
    const account = site.world.addAccount(body.handle, body.name ?? body.handle, body.bio)
    if (body.automatedBy !== undefined) site.world.label(body.handle, body.automatedBy)
    response.status(201).json({
      handle: account.handle,
      name: account.name,
      storageState: storageStateOf(account, hostOf(site, request)),
    })
  }

const addPost =
  (site: Site) =>
  (request: Request, response: Response): void => {
    const body = bodyBy(NewPost, request, response)
    if (!body) return
    for (const id of [body.inReplyTo, body.quotes]) {
      if (id != null && !site.world.post(id))
        return void response.status(404).json({ error: `There is no post ${id}.` })
    }
    const { handle } = site.world.addAccount(body.handle, body.handle)
    const post = site.world.addPost({
      handle,
      text: body.text,
      inReplyTo: body.inReplyTo,
      quotes: body.quotes,
      promoted: body.promoted,
    })
    if (body.pinned === true) site.world.pin(post.id, true)
    if (body.figures) site.world.fixFigures(post.id, clean(body.figures))
    response
      .status(201)
      .json({ id: post.id, url: `${request.protocol}://${request.get('host') ?? ''}/${post.handle}/status/${post.id}` })
  }

const clean = (figures: z.infer<typeof Figures>): Record<string, number> =>
  Object.fromEntries(Object.entries(figures).filter((entry): entry is [string, number] => entry[1] !== undefined))

const changePost =
  (site: Site) =>
  (request: Request, response: Response): void => {
    const body = bodyBy(Change, request, response)
    const id = String(request.params['id'])
    if (!body) return
    if (!site.world.post(id)) return void response.status(404).json({ error: `There is no post ${id}.` })
    if (body.pinned !== undefined) site.world.pin(id, body.pinned)
    if (body.figures !== undefined) site.world.fixFigures(id, body.figures && clean(body.figures))
    response.status(204).end()
  }

const addFault =
  (site: Site) =>
  (request: Request, response: Response): void => {
    const body = bodyBy(FaultRequest, request, response)
    if (body) response.status(201).json(site.faults.add(body))
  }

/** Accounts, posts of others and faults, for tests and the demo. */
export const admin = (site: Site): Router => {
  const router = express.Router()
  router.use((request, response, next) => {
    if (isAdmin(site, request)) return next()
    response
      .status(403)
      .json({ error: 'The admin routes answer this machine, and whoever gives PLAYGROUND_ADMIN_KEY.' })
  })
  router.use(express.json({ limit: '1mb' }))
  router.post('/accounts', addAccount(site))
  router.post('/posts', addPost(site))
  router.patch('/posts/:id', changePost(site))
  router.delete('/posts/:id', (request, response) => {
    if (!site.world.post(request.params.id))
      return void response.status(404).json({ error: `There is no post ${request.params.id}.` })
    site.world.deletePost(request.params.id)
    response.status(204).end()
  })
  router.post('/faults', addFault(site))
  router.get(
    '/faults',
    (_request, response) => void response.json({ faults: site.faults.list(), kinds: Object.keys(FAULTS) }),
  )
  router.delete('/faults', (_request, response) => {
    site.faults.clear()
    response.status(204).end()
  })
  return router
}
