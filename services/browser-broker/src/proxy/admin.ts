import { AccountId, Hash, PostId } from '@surepost/shared/contracts'
import { messageOf } from '@surepost/shared/errors'
import express, {
  type ErrorRequestHandler,
  type Express,
  type NextFunction,
  type Request,
  type RequestHandler,
  type Response,
} from 'express'
import { z } from 'zod'
import { type Sealing, StorageState } from '../accounts/sealing.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Desk } from '../leases/desk.ts'
import { sameSecret } from '../leases/grant.ts'
import type { LimitsStore } from '../leases/limits.ts'
import { outlookOf, pressureOf } from '../leases/pressure.ts'
import type { LoadWatch } from '../leases/watch-load.ts'
import { limitsRoutes } from './limits.ts'

export interface AdminPorts {
  readonly desk: Desk
  readonly ledger: Pick<Ledger, 'ask' | 'care'>
  readonly sealing: Sealing
  readonly limits: LimitsStore
  readonly watch: Pick<LoadWatch, 'load' | 'admission'>
  readonly adminKey: string
}

const authorized =
  (key: string): RequestHandler =>
  (request, response, next) => {
    const given = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
    if (given !== undefined && sameSecret(given, key)) return next()
    response.status(401).json({ title: 'Unauthorized', detail: 'Give BROKER_ADMIN_KEY as a bearer token.' })
  }

/** Bad JSON and over-long bodies are the client's; nothing of a body is repeated, since it may be a session. */
const onError: ErrorRequestHandler = (error: unknown, _request, response, _next) => {
  const status = typeof error === 'object' && error !== null && 'status' in error ? Number(error.status) : 500
  const bad = status >= 400 && status < 500
  response.status(bad ? status : 500).json({
    title: bad ? 'Bad request' : 'Internal error',
    detail: bad ? 'The body is not JSON, or it is larger than 2 MB.' : messageOf(error),
  })
}

const putSession = async (
  { ledger, sealing }: Pick<AdminPorts, 'ledger' | 'sealing'>,
  request: Request,
  response: Response,
): Promise<void> => {
  const id = AccountId.safeParse(request.params['id'])
  const known = id.success && (await ledger.care('accounts')).some(({ config }) => config.id === id.data)
  if (!known) return problem(response, 404, 'Not found', 'There is no such account here; configure it first.')
  const session = StorageState.safeParse(request.body)
  if (!session.success)
    return problem(
      response,
      400,
      'Bad request',
      'The body must be a Playwright storageState: {"cookies": [...], "origins": [...]}.',
    )
  await ledger.care('putSession', id.data, sealing.seal(id.data, session.data))
  response.status(204).end()
}

const time = (at: number): string => new Date(at).toISOString()

const SameText = z.strictObject({ hashes: z.array(Hash).max(25), except: PostId })

/** Whether a text is on the account already, as the next `begin` would see it. */
const sameText = async (
  { ledger }: Pick<AdminPorts, 'ledger'>,
  request: Request,
  response: Response,
): Promise<void> => {
  const id = AccountId.safeParse(request.params['id'])
  const asked = SameText.safeParse(request.body)
  if (!id.success || !asked.success)
    return problem(response, 400, 'Bad request', 'The body must be {"hashes": [...], "except": "<post id>"}.')
  const twin = await ledger.ask('sameText', id.data, asked.data.hashes, asked.data.except)
  response.json({ twin: twin === null ? null : { ...twin, until: time(twin.until) } })
}

const orNext = async (next: NextFunction, work: () => Promise<unknown>): Promise<void> => {
  try {
    await work()
  } catch (error) {
    next(error)
  }
}

const problem = (response: Response, status: number, title: string, detail: string): void => {
  response.status(status).json({ title, detail })
}

/** The broker's own HTTP, for the console and people: accounts, sessions, pressure and leases. Every route needs the admin key. */
export const adminApp = ({ desk, ledger, sealing, limits, watch, adminKey }: AdminPorts): Express => {
  const app = express()
  app.disable('x-powered-by')
  app.use(authorized(adminKey))
  app.get('/accounts', (_, response, next) => {
    void orNext(next, async () => response.json(await ledger.care('accounts')))
  })
  app.get('/pressure', (_, response) => {
    const now = Date.now()
    response.json({ ...pressureOf(desk, now), ...outlookOf(desk, watch, now) })
  })
  app.use(limitsRoutes(limits))
  app.get('/leases', (_, response) => {
    response.json(desk.holding.held.map((l) => ({ ...l, grantedAt: time(l.grantedAt), expiresAt: time(l.expiresAt) })))
  })
  app.delete('/leases/:id', (request, response) => {
    const lease = desk.holding.find(request.params.id)
    if (lease === undefined) return problem(response, 404, 'Not found', 'There is no such lease.')
    void desk.holding.end(lease, 'revoked')
    response.status(202).json({ leaseId: lease.leaseId, state: lease.state })
  })
  app.put('/accounts/:id/session', express.json({ limit: '2mb' }), (request, response, next) => {
    void orNext(next, () => putSession({ ledger, sealing }, request, response))
  })
  app.post('/accounts/:id/same-text', express.json(), (request, response, next) => {
    void orNext(next, () => sameText({ ledger }, request, response))
  })
  app.get('/kill-switch', (_, response, next) => {
    void orNext(next, async () => response.json((await ledger.care('standing')).killSwitch))
  })
  app.use((_, response) => void response.status(404).json({ title: 'Not found', detail: 'There is no such route.' }))
  app.use(onError)
  return app
}
