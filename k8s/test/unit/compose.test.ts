import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { ROOT } from '../support/manifests.ts'
import { SERVICES, isReadBySome } from '../support/services.ts'

interface ComposeService {
  readonly image?: string
  readonly environment?: Readonly<Record<string, string | number | boolean | null>> | readonly string[]
  readonly ports?: readonly string[]
}

const FILE = join(ROOT, 'docker-compose.yml')
const compose = parse(readFileSync(FILE, 'utf8'), { merge: true }) as {
  readonly services: Readonly<Record<string, ComposeService>>
}

const IMAGE = /^surepost\/([a-z-]+)/

/** The containers of ours, with the workspace that their image is made of. */
const ours = Object.entries(compose.services).flatMap(([name, service]) => {
  const workspace = IMAGE.exec(service.image ?? '')?.[1]
  return workspace === undefined ? [] : [{ name, workspace, service }]
})

const environmentOf = ({ environment = {} }: ComposeService): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Array.isArray(environment)
      ? environment.map((line: string) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)])
      : Object.entries(environment).map(([name, value]) => [name, String(value ?? '')]),
  )

describe('docker-compose.yml', () => {
  it('runs every service, by the names of the workspaces', () => {
    expect(ours.map(({ workspace }) => workspace)).toEqual(expect.arrayContaining([...SERVICES, 'migrate']))
  })

  it('sets no variable that no program reads', () => {
    const unread = ours.flatMap(({ name, service }) =>
      Object.keys(environmentOf(service)).flatMap((v) => (isReadBySome(v) ? [] : [`nothing reads ${v} of ${name}`])),
    )
    expect(unread).toEqual([])
  })

  it('publishes only ports on which the programs listen', () => {
    for (const { name, service } of ours) {
      const listens = Object.entries(environmentOf(service)).flatMap(([key, value]) =>
        key.endsWith('_PORT') ? [value] : [],
      )
      const published = (service.ports ?? []).map((port) => port.slice(port.lastIndexOf(':') + 1))
      expect(
        published.filter((port) => !listens.includes(port)),
        name,
      ).toEqual([])
    }
  })
})
