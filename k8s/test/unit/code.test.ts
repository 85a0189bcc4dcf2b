import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Registry, startOps } from '@surepost/shared/runtime'
import { describe, expect, it } from 'vitest'
import { DRAIN_MS } from '../../../packages/shared/src/messaging/consumer.ts'
import { type Manifest, ROOT, manifestSets } from '../support/manifests.ts'
import { SECRETS, SERVICES, configTroubles, isRead } from '../support/services.ts'
import { type Workload, envOf, portOf, selected, workloadsOf } from '../support/workloads.ts'

const VERSION = (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }).version
const sets = manifestSets()
/** What no manifest may say in plain words: keys, and addresses with a password in them. */
const SECRET_NAME = /KEY|SECRET|TOKEN|PASSWORD|^AMQP_URL$|^RABBITMQ_MANAGEMENT_URL$|^DATABASE_URL$/

/** Consumers that a service disposes of one after the other, for so many shards; see each service's main.ts. */
const CONSUMERS: Readonly<Record<string, (shards: number) => number>> = {
  poster: (shards) => 2 * shards,
  scraper: () => 3,
  replier: () => 2,
  // Facts, and alerts for the webhook.
  persister: () => 2,
  // Three classes of leases, control words, settling facts; before them its leases get 8 s.
  'browser-broker': () => 5,
  console: () => 0,
}

describe.each(sets)('the manifests of $name', ({ manifests }) => {
  const workloads = workloadsOf(manifests)
  const services = workloads.filter(({ name }) => SERVICES.includes(name))
  const shards = Number(
    manifests.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name.startsWith('surepost'))?.['data'][
      'BROKER_SHARDS'
    ],
  )

  it('run every service, each from the image of this version', () => {
    expect(services.map(({ name }) => name).sort()).toEqual([...SERVICES].sort())
    const images = workloads.map(({ name, container }) => `${name}: ${container.image.replace(/:.*/, '')}`)
    expect(images).toEqual(workloads.map(({ name }) => `${name}: surepost/${name}`))
    const tags = workloads.flatMap(({ container }) => container.image.split(':').slice(1))
    expect(new Set(tags)).toEqual(new Set(tags.length === 0 ? [] : [VERSION]))
  })

  it('set no variable that the program does not read', () => {
    const unread = workloads.flatMap(({ name, container }) =>
      container.env.filter((v) => !isRead(name, v.name)).map((v) => `${name} does not read ${v.name}`),
    )
    expect(unread).toEqual([])
  })

  it('set all that each service needs, as it must be', () => {
    expect(services.flatMap((service) => configTroubles(service.name, envOf(service, manifests)))).toEqual([])
  })

  it('give every service each of the installation’s values that it reads', () => {
    const values =
      manifests.find((m) => m.kind === 'ConfigMap' && m.metadata.name.startsWith('surepost'))?.['data'] ?? {}
    const missing = services.flatMap((service) =>
      Object.keys(values)
        .filter((name) => isRead(service.name, name) && !(name in envOf(service, manifests)))
        .map((name) => `${service.name} is not told ${name}`),
    )
    expect(missing).toEqual([])
  })

  it('start Chromium without its sandbox only where it cannot have it', () => {
    for (const { pod, container } of services.filter(({ name }) => name === 'browser-broker')) {
      const args = container.env.find(({ name }) => name === 'CHROMIUM_ARGS')?.value ?? ''
      expect(args.includes('--no-sandbox')).toBe(pod.securityContext.seccompProfile.type === 'RuntimeDefault')
    }
  })

  it('take secrets from Secrets that docs/DEPLOY.md names, and nothing secret from anywhere else', () => {
    const guide = readFileSync(join(ROOT, 'docs/DEPLOY.md'), 'utf8')
    const refs = workloads.flatMap(({ container }) =>
      container.env.flatMap((v) => (v.valueFrom?.secretKeyRef ? [{ as: v.name, ...v.valueFrom.secretKeyRef }] : [])),
    )
    expect(refs.filter(({ as, name, key }) => as !== key || SECRETS[name]?.[key] === undefined)).toEqual([])
    for (const [secret, keys] of Object.entries(SECRETS))
      for (const key of Object.keys(keys))
        expect(guide, `docs/DEPLOY.md on ${secret}`).toMatch(`\`${secret}\` | \`${key}`)
    const open = workloads.flatMap(({ name, container }) =>
      container.env
        .filter((v) => v.valueFrom?.secretKeyRef === undefined && SECRET_NAME.test(v.name))
        .map((v) => [name, v.name]),
    )
    expect(open).toEqual([])
  })

  it('open the ports on which the programs listen', () => {
    for (const service of workloads) {
      const env = envOf(service, manifests)
      const listens = Object.entries(env).flatMap(([key, value]) => (key.endsWith('_PORT') ? [Number(value)] : []))
      const opens = (service.container.ports ?? []).map((p) => p.containerPort)
      expect(new Set(opens), service.name).toEqual(new Set(listens))
      if (SERVICES.includes(service.name)) expect(portOf(service, 'ops')).toBe(Number(env['OPS_PORT']))
    }
  })

  it('ask the paths that are served, and for life only the one that tests no dependency', async () => {
    await using ops = await startOps(
      { host: '127.0.0.1', port: 0 },
      () => [() => ['the database is away']],
      new Registry(),
    )
    const status = async (path: string) => (await fetch(`http://127.0.0.1:${ops.port}${path}`)).status
    for (const { name, container } of services) {
      const { startupProbe, livenessProbe, readinessProbe } = container
      expect(await status(startupProbe?.httpGet.path ?? ''), `${name}: start`).toBe(200)
      expect(await status(livenessProbe?.httpGet.path ?? ''), `${name}: life`).toBe(200)
      expect(await status(readinessProbe?.httpGet.path ?? ''), `${name}: readiness`).toBe(503)
      for (const probe of [startupProbe, livenessProbe, readinessProbe]) expect(probe?.httpGet.port).toBe('ops')
    }
    const read = manifests
      .filter(({ kind }) => kind === 'PodMonitor')
      .find(({ metadata }) => metadata.name === 'surepost')
    for (const { path } of read?.['spec'].podMetricsEndpoints ?? []) expect(await status(path)).toBe(200)
  })

  it('give each service longer to stop than its handlers may take', () => {
    for (const service of services) {
      const { SHUTDOWN_GRACE_MS: grace } = envOf(service, manifests)
      const handlers = (CONSUMERS[service.name]?.(shards) ?? Number.NaN) * DRAIN_MS
      const preStop = (service.container.lifecycle?.preStop.sleep.seconds ?? 0) * 1_000
      expect(Number(grace), service.name).toBeGreaterThanOrEqual(handlers + 10_000)
      expect(service.pod.terminationGracePeriodSeconds * 1_000, service.name).toBeGreaterThan(preStop + Number(grace))
    }
  })

  it('keep the restricted profile', () => {
    for (const { name, pod } of workloads) {
      expect(pod.securityContext.runAsNonRoot, name).toBe(true)
      const profiles = name === 'browser-broker' ? ['RuntimeDefault', 'Localhost'] : ['RuntimeDefault']
      expect(profiles, name).toContain(pod.securityContext.seccompProfile.type)
      expect([pod.hostPID, pod.hostNetwork, pod.hostIPC, pod.shareProcessNamespace].filter(Boolean), name).toEqual([])
      for (const container of pod.containers)
        expect(container.securityContext, name).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        })
      expect(pod.automountServiceAccountToken, name).toBe(false)
    }
  })

  it('have one broker per shard, reached by the names that console and holders are told', () => {
    const broker = services.find(({ name }) => name === 'browser-broker')
    if (broker === undefined) throw new Error('there is no broker')
    expect(broker.manifest['spec'].replicas).toBe(shards)
    const port = portOf(broker, 'leases')
    const { serviceName } = broker.manifest['spec']
    const consoleEnv = envOf(services.find(({ name }) => name === 'console') as Workload, manifests)
    const names = Array.from({ length: shards }, (_, shard) => `http://browser-broker-${shard}.${serviceName}:${port}`)
    expect(consoleEnv['BROKER_URLS']).toBe(names.join())
    expect(envOf(broker, manifests)['BROKER_PUBLIC_URL']).toBe(names[0]?.replace('http', 'ws'))
  })

  it('name workloads, ports and claims that exist', () => {
    const claims = manifests.filter(({ kind }) => kind === 'PersistentVolumeClaim').map(({ metadata }) => metadata.name)
    const asked = workloads.flatMap(({ pod }) =>
      (pod.volumes ?? []).flatMap((v: Manifest) => v['persistentVolumeClaim']?.claimName ?? []),
    )
    expect(asked.filter((claim) => !claims.includes(claim))).toEqual([])
    for (const service of manifests.filter(({ kind }) => kind === 'Service')) {
      const chosen = selected({ matchLabels: service['spec'].selector }, workloads)
      expect(chosen, service.metadata.name).toHaveLength(1)
      for (const { targetPort } of service['spec'].ports)
        expect(portOf(chosen[0] as Workload, targetPort)).toBeDefined()
    }
    for (const { kind, metadata } of manifests.filter(
      (m) => m.kind === 'PodDisruptionBudget' || m.kind === 'ScaledObject',
    ))
      expect([...workloads.map(({ name }) => name), 'rabbitmq'], kind).toContain(metadata.name)
  })

  it('open in the network only ports on which somebody listens', () => {
    for (const { metadata, spec } of manifests.filter(({ kind }) => kind === 'NetworkPolicy') as readonly Manifest[]) {
      const to = selected(spec.podSelector, workloads)
      for (const { ports } of to.length === workloads.length ? [] : (spec.ingress ?? []))
        for (const { port } of ports)
          for (const workload of to)
            expect(
              workload.container.ports?.map((p) => p.containerPort),
              metadata.name,
            ).toContain(port)
    }
  })
})
