import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { topology } from '@surepost/shared/messaging'
import { describe, expect, it } from 'vitest'
import { definitionOf } from '../../../packages/shared/src/messaging/policies.ts'
import { type PolicyState, expectedFor } from '../../../packages/shared/src/messaging/verify.ts'
import { SERVICES_USER, VHOST, definitionsFile, rabbitmqDefinitions } from '../../definitions.ts'
import { type Manifest, ROOT, manifestSets } from '../support/manifests.ts'
import { SECRETS } from '../support/services.ts'

const sets = manifestSets()
const ofKind = (manifests: readonly Manifest[], wanted: string) => manifests.filter(({ kind }) => kind === wanted)

/** Everything that a service counts, by its name in the source. */
const METRICS = new Set(
  ['packages', 'services'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.includes('/src/') && file.endsWith('.ts') && !file.includes('node_modules'))
      .flatMap((file) => readFileSync(join(ROOT, folder, file), 'utf8').match(/'surepost_[a-z_]+'/g) ?? [])
      .map((quoted) => quoted.slice(1, -1)),
  ),
)

describe('the definitions that RabbitMQ imports', () => {
  it('are those of the contracts (node_modules/.bin/node k8s/definitions.ts)', () => {
    expect(readFileSync(join(ROOT, 'k8s/components/rabbitmq/definitions.json'), 'utf8')).toBe(definitionsFile())
  })

  it('are for the virtual host and the user of the services’ address', () => {
    const url = new URL(SECRETS['surepost-rabbitmq']?.['AMQP_URL'] ?? '')
    expect([url.username, url.pathname.slice(1)]).toEqual([SERVICES_USER, VHOST])
  })
})

describe.each(sets)('the manifests of $name', ({ manifests }) => {
  const shards = Number(
    ofKind(manifests, 'ConfigMap').find(({ metadata }) => metadata.name.startsWith('surepost'))?.['data'][
      'BROKER_SHARDS'
    ],
  )
  const { queues } = topology(shards)
  const names = queues.map(({ name }) => name)
  const triggers: readonly { readonly type: string; readonly metadata: Readonly<Record<string, string>> }[] = ofKind(
    manifests,
    'ScaledObject',
  ).flatMap(({ spec }) => spec.triggers)

  it('put on every queue the policy that the services insist on', () => {
    const states: readonly PolicyState[] = rabbitmqDefinitions().policies
    for (const queue of queues) expect(expectedFor(queue.name, states), queue.name).toEqual(definitionOf(queue))
  })

  it('let RabbitMQ import the users before what names them, as single files', () => {
    for (const { spec } of ofKind(manifests, 'RabbitmqCluster')) {
      const folder = /^load_definitions = (.+)$/m.exec(spec.rabbitmq.additionalConfig)?.[1]
      const pod = spec.override.statefulSet.spec.template.spec
      const mounts: readonly { readonly name: string; readonly mountPath: string; readonly subPath?: string }[] =
        pod.containers[0].volumeMounts
      expect(mounts.map(({ mountPath }) => mountPath.slice(0, mountPath.lastIndexOf('/')))).toEqual([folder, folder])
      expect(mounts.toSorted((a, b) => (a.mountPath < b.mountPath ? -1 : 1)).map(({ subPath }) => subPath)).toEqual([
        'users.json',
        'definitions.json',
      ])
      const [users, definitions] = pod.volumes
      expect(SECRETS[users.secret.secretName]).toHaveProperty(['users.json'])
      // The name with the hash: otherwise the pod waits for a ConfigMap that is not there.
      const configMaps = ofKind(manifests, 'ConfigMap').map(({ metadata }) => metadata.name)
      expect(configMaps).toContain(definitions.configMap.name)
    }
  })

  it('scale by queues that exist, and by each shard’s', () => {
    const scaled = triggers.filter(({ type }) => type === 'rabbitmq').map(({ metadata }) => metadata)
    expect(
      scaled.filter(({ queueName, vhostName }) => !names.includes(queueName ?? '') || vhostName !== VHOST),
    ).toEqual([])
    if (triggers.length === 0) return
    const posting = names.filter((name) => /^poster\.publish\.\d+$/.test(name))
    expect(scaled.map(({ queueName }) => queueName)).toEqual(expect.arrayContaining(posting))
    const asked = triggers.flatMap(({ metadata }) => /queue=~"([^"]+)"/.exec(metadata['query'] ?? '')?.[1] ?? [])
    expect(asked.map((pattern) => names.filter((name) => new RegExp(`^${pattern}$`).test(name)))).toEqual([
      ['scraper.metrics', 'scraper.mentions', 'scraper.audits'],
    ])
  })

  it('ask for figures that services count', () => {
    const rules: readonly { readonly expr: string }[] = ofKind(manifests, 'PrometheusRule').flatMap(({ spec }) =>
      spec.groups.flatMap((group: { readonly rules: readonly { readonly expr: string }[] }) => group.rules),
    )
    const asked = [...rules.map(({ expr }) => expr), ...triggers.map(({ metadata }) => metadata['query'] ?? '')]
      .flatMap((query) => query.match(/\bsurepost_[a-z_]+/g) ?? [])
      .map((name) => name.replace(/_(bucket|sum|count)$/, ''))
    expect(asked.filter((name) => !METRICS.has(name))).toEqual([])
    expect(METRICS.size).toBeGreaterThan(20)
  })
})
