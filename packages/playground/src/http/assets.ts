import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import express, { type Router } from 'express'
import { STYLES } from '../views/assets.ts'

const PUBLIC = fileURLToPath(new URL('../public', import.meta.url))

/** The style sheet, the scripts and the icon, kept by browsers for as long as their address stands. */
export const assets = (): Router => {
  const router = express.Router()
  const sheet = STYLES.map((name) => readFileSync(join(PUBLIC, 'css', `${name}.css`), 'utf8')).join('\n')
  const keep = { maxAge: '1d', immutable: true } as const
  router.get('/style.css', (_request, response) => {
    response.set('cache-control', 'public, max-age=86400, immutable').type('css').send(sheet)
  })
  router.use(express.static(PUBLIC, keep))
  return router
}
