import { PodMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor'
import { PrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule'
import { ScaledObject } from '@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject'
import { TriggerAuthentication } from '@kubernetes-models/keda/keda.sh/v1alpha1/TriggerAuthentication'
import { Deployment } from 'kubernetes-models/apps/v1/Deployment'
import { StatefulSet } from 'kubernetes-models/apps/v1/StatefulSet'
import { Job } from 'kubernetes-models/batch/v1/Job'
import { Ingress } from 'kubernetes-models/networking.k8s.io/v1/Ingress'
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy'
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget'
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap'
import { Namespace } from 'kubernetes-models/v1/Namespace'
import { PersistentVolumeClaim } from 'kubernetes-models/v1/PersistentVolumeClaim'
import { Service } from 'kubernetes-models/v1/Service'
import { ServiceAccount } from 'kubernetes-models/v1/ServiceAccount'
import type { Manifest } from './manifests.ts'
import { rabbitmqTroubles } from './rabbitmq-schema.ts'

interface Model {
  readonly apiVersion: string
  readonly kind: string
  readonly prototype: { validate(): void }
}

const MODELS: readonly Model[] = [
  ConfigMap,
  Deployment,
  Ingress,
  Job,
  Namespace,
  NetworkPolicy,
  PersistentVolumeClaim,
  PodDisruptionBudget,
  PodMonitor,
  PrometheusRule,
  ScaledObject,
  Service,
  ServiceAccount,
  StatefulSet,
  TriggerAuthentication,
]

/** What a validator has looked at of a document: a field that it never asks for is none of the schema's. */
class Watched {
  readonly #seen = new Map<object, Set<string>>()
  readonly #proxies = new WeakMap<object, object>()

  of<T>(value: T): T {
    if (typeof value !== 'object' || value === null) return value
    const known = this.#proxies.get(value)
    if (known !== undefined) return known as T
    const proxy = new Proxy(value, {
      get: (target, name) => {
        if (typeof name === 'string') this.#see(target, name)
        return this.of<unknown>(Reflect.get(target, name))
      },
    })
    this.#proxies.set(value, proxy)
    return proxy
  }

  /** Paths that the schema does not know. Below an object of which nothing was asked the schema says nothing. */
  unseen(value: unknown, path = ''): readonly string[] {
    if (typeof value !== 'object' || value === null) return []
    const seen = this.#seen.get(value)
    if (seen === undefined) return []
    return Object.entries(value).flatMap(([name, inner]) =>
      seen.has(name) ? this.unseen(inner, `${path}/${name}`) : [`${path}/${name}`],
    )
  }

  #see(target: object, name: string): void {
    const names = this.#seen.get(target) ?? new Set()
    this.#seen.set(target, names.add(name))
  }
}

/** Sentences about what is wrong with a document by its schema; empty when nothing is. */
export const schemaTroubles = (manifest: Manifest): readonly string[] => {
  const { apiVersion, kind } = manifest
  if (kind === 'RabbitmqCluster') return rabbitmqTroubles(manifest)
  const model = MODELS.find((m) => m.apiVersion === apiVersion && m.kind === kind)
  if (model === undefined) return [`there is no schema of ${apiVersion} ${kind}`]
  const watched = new Watched()
  try {
    model.prototype.validate.call(watched.of(manifest))
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)]
  }
  return watched.unseen(manifest).map((path) => `${path} is not in the schema`)
}
