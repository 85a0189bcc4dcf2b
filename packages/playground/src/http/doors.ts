import express, { type Router } from 'express'
import { z } from 'zod'
import type { Site } from '../site.ts'
import { loginPage } from '../views/doors.ts'
import { Handle } from './admin.ts'
import { signIn, signOut } from './visitor.ts'

/** Where to go after signing in: a page of this site only. */
const Next = z
  .string()
  .regex(/^\/(?!\/)/u)
  .catch('/home')
const Entering = z.object({ handle: Handle, next: Next })

/** Sign-in without passwords, and sign-out. */
export const doors = (site: Site): Router => {
  const router = express.Router()
  router.get(['/login', '/i/flow/login'], (request, response) => {
    response.type('html').send(loginPage([...site.world.accounts.values()], Next.parse(request.query['next'])))
  })
  router.post('/login', express.urlencoded({ extended: false }), (request, response) => {
    const body = Entering.safeParse(request.body)
    if (!body.success) return response.redirect('/login')
    signIn(response, site.world.account(body.data.handle) ?? site.world.addAccount(body.data.handle, body.data.handle))
    response.redirect(body.data.next)
  })
  router.post('/logout', (_request, response) => {
    signOut(response)
    response.redirect('/login')
  })
  return router
}
