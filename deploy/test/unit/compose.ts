import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'

/** A file of the project, by its path from the top. */
export const fileOf = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')

const Service = z.looseObject({
  image: z.string(),
  profiles: z.array(z.string()).default([]),
  build: z.looseObject({ target: z.string(), args: z.record(z.string(), z.string()) }).optional(),
  environment: z.record(z.string(), z.string()).default({}),
  ports: z.array(z.string()).default([]),
  networks: z.union([z.array(z.string()), z.record(z.string(), z.unknown())]).default([]),
  healthcheck: z.looseObject({ test: z.array(z.string()) }).optional(),
  depends_on: z
    .union([z.array(z.string()), z.record(z.string(), z.looseObject({ condition: z.string() }))])
    .default([]),
  restart: z.string().optional(),
  stop_grace_period: z.string().optional(),
})
export type Service = z.infer<typeof Service>

const Compose = z.looseObject({ services: z.record(z.string(), Service) })

/** docker-compose.yml as it is written: variables are not filled in. */
export const compose = Compose.parse(parse(fileOf('docker-compose.yml'), { merge: true }))

/** The services that are made of this repository. */
export const ours = Object.entries(compose.services).filter(([, { image }]) => image.startsWith('surepost/'))

export const networksOf = ({ networks }: Service): readonly string[] =>
  Array.isArray(networks) ? networks : Object.keys(networks)

/** The value that a variable has where `.env` says nothing of it. */
export const withDefaults = (text: string): string => text.replaceAll(/\$\{\w+(?::-([^}]*)|:\?[^}]*)?\}/g, '$1')
