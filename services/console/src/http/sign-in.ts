import express, { Router } from 'express'
import { z } from 'zod'
import { type Keys, clearSession, hasSession, requirePage, setSession } from './auth.ts'
import { Problem, invalidBy } from './problems.ts'

const SignIn = z.strictObject({ apiKey: z.string().min(1).max(500) })

/** `/session`: the page exchanges the API key for a cookie that no script can read. */
export const signIn = (keys: Keys): Router => {
  const router = Router()
  router.get('/session', (request, response) => {
    response.json({ signedIn: hasSession(request, keys) })
  })
  router.post('/session', express.json({ limit: 4_096 }), (request, response) => {
    requirePage(request)
    const body = SignIn.safeParse(request.body)
    if (!body.success) throw invalidBy(body.error)
    // The key is long (config.ts), so guessing it needs no brake, and a brake would let anybody lock people out.
    if (!keys.isApiKey(body.data.apiKey)) throw new Problem('unauthorized', 'This is not the API key of this console.')
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
