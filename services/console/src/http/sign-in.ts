import express, { Router } from 'express'
import { z } from 'zod'
import { type Keys, clearSession, hasSession, requirePage, setSession } from './auth.ts'
import { Problem, invalidBy } from './problems.ts'

const SignIn = z.strictObject({ apiKey: z.string().min(1).max(500) })

/** Wrong keys per minute before nobody can sign in for the rest of it: far above a person's, far below a guesser's. */
const MAX_WRONG = 30
const WINDOW_MS = 60_000

/** `/session`: the page exchanges the API key for a cookie that no script can read. */
export const signIn = (keys: Keys): Router => {
  const router = Router()
  let window = { until: 0, wrong: 0 }
  router.get('/session', (request, response) => {
    response.json({ signedIn: hasSession(request, keys) })
  })
  router.post('/session', express.json({ limit: 4_096 }), (request, response) => {
    requirePage(request)
    const now = Date.now()
    if (now >= window.until) window = { until: now + WINDOW_MS, wrong: 0 }
    if (window.wrong >= MAX_WRONG)
      throw new Problem('too-many', 'Too many wrong keys; wait a minute.', {
        retryAfter: Math.ceil((window.until - now) / 1_000),
      })
    const body = SignIn.safeParse(request.body)
    if (!body.success) throw invalidBy(body.error)
    if (!keys.isApiKey(body.data.apiKey)) {
      window.wrong += 1
      throw new Problem('unauthorized', 'This is not the API key of this console.')
    }
    setSession(request, response, keys)
    response.status(204).end()
  })
  router.delete('/session', (request, response) => {
    requirePage(request)
    clearSession(request, response)
    response.status(204).end()
  })
  return router
}
