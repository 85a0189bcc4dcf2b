import { StatefulSet } from 'kubernetes-models/apps/v1/StatefulSet'
import { z } from 'zod'
import type { Manifest } from './manifests.ts'

const Quantity = z.string().regex(/^\d+(\.\d+)?(m|[KMGT]i?)?$/)
const Resources = z.strictObject({ cpu: Quantity, memory: Quantity })

/**
 * The part of rabbitmq.com/v1beta1 RabbitmqCluster that is used here. npm has no schema of it; this one is our own, written from
 * the operator's documented fields, so it knows typing errors and not what a newer operator has changed.
 */
const RabbitmqCluster = z.strictObject({
  apiVersion: z.literal('rabbitmq.com/v1beta1'),
  kind: z.literal('RabbitmqCluster'),
  metadata: z.looseObject({ name: z.string().min(1) }),
  spec: z.strictObject({
    // Only odd numbers have a majority worth having.
    replicas: z.union([z.literal(1), z.literal(3), z.literal(5)]),
    image: z.string().regex(/^rabbitmq:\d+\.\d+(\.\d+)?-management$/),
    service: z.strictObject({ type: z.enum(['ClusterIP', 'LoadBalancer', 'NodePort']) }),
    persistence: z.strictObject({ storage: Quantity, storageClassName: z.string().optional() }),
    resources: z.strictObject({ requests: Resources, limits: Resources }),
    terminationGracePeriodSeconds: z.int().min(0),
    rabbitmq: z.strictObject({
      additionalConfig: z.string().max(2_000),
      additionalPlugins: z.array(z.string().regex(/^\w+$/)).max(100).optional(),
    }),
    override: z.strictObject({
      statefulSet: z.strictObject({ spec: z.strictObject({ template: z.strictObject({ spec: z.looseObject({}) }) }) }),
    }),
  }),
})

/** The override is merged into a StatefulSet: made a whole one, its pod can be held against the schema of pods. */
export const overridden = (cluster: Manifest): Manifest => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: cluster.metadata.name },
  spec: {
    selector: {},
    serviceName: cluster.metadata.name,
    template: cluster['spec'].override.statefulSet.spec.template,
  },
})

export const rabbitmqTroubles = (cluster: Manifest): readonly string[] => {
  const parsed = RabbitmqCluster.safeParse(cluster)
  if (!parsed.success) return parsed.error.issues.map(({ path, message }) => `/${path.join('/')}: ${message}`)
  try {
    StatefulSet.prototype.validate.call(overridden(cluster))
    return []
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)]
  }
}
