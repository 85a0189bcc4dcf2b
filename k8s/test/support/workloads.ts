import type { Manifest } from './manifests.ts'
import { type Env, SECRETS } from './services.ts'

interface Variable {
  readonly name: string
  readonly value?: string
  readonly valueFrom?: {
    readonly secretKeyRef?: { readonly name: string; readonly key: string }
    readonly configMapKeyRef?: { readonly name: string; readonly key: string }
    readonly fieldRef?: { readonly fieldPath: string }
  }
}
interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string }
}
export interface Container {
  readonly name: string
  readonly image: string
  readonly env: readonly Variable[]
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[]
  readonly startupProbe?: Probe
  readonly livenessProbe?: Probe
  readonly readinessProbe?: Probe
  readonly lifecycle?: { readonly preStop: { readonly sleep: { readonly seconds: number } } }
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[]
}

/** A program of ours as the cluster runs it; its workload, its container and its image are all called as its workspace is. */
export interface Workload {
  readonly name: string
  readonly manifest: Manifest
  // oxlint-disable-next-line typescript/no-explicit-any -- its schema has passed
  readonly pod: any
  readonly container: Container
}

const WORKLOADS = new Set(['Deployment', 'StatefulSet', 'Job'])

export const workloadsOf = (manifests: readonly Manifest[]): readonly Workload[] =>
  manifests
    .filter(({ kind }) => WORKLOADS.has(kind))
    .map((manifest) => {
      const pod = manifest['spec'].template.spec
      return { name: manifest.metadata.name, manifest, pod, container: pod.containers[0] as Container }
    })

export const portOf = ({ container }: Workload, name: string): number | undefined =>
  container.ports?.find((port) => port.name === name)?.containerPort

const ofPod = (fieldPath: string, name: string): string | undefined =>
  fieldPath === 'metadata.name' ? `${name}-0` : fieldPath.endsWith("['apps.kubernetes.io/pod-index']") ? '0' : undefined

/** The environment that the first pod of a workload gets, secrets by their stand-ins. */
export const envOf = ({ name, container }: Workload, manifests: readonly Manifest[]): Env => {
  const configMap = (ref: string): Manifest | undefined =>
    manifests.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === ref)
  const valueOf = ({ value, valueFrom = {} }: Variable): string | undefined => {
    const { secretKeyRef: secret, configMapKeyRef: config, fieldRef: field } = valueFrom
    if (secret !== undefined) return SECRETS[secret.name]?.[secret.key]
    if (config !== undefined) return configMap(config.name)?.['data'][config.key] as string | undefined
    return field === undefined ? value : ofPod(field.fieldPath, name)
  }
  const env: Record<string, string | undefined> = {}
  // In order, as Kubernetes does it: a value may name variables before it.
  for (const variable of container.env)
    env[variable.name] = valueOf(variable)?.replace(/\$\((\w+)\)/g, (whole, inner: string) => env[inner] ?? whole)
  return env
}

/** The workloads that a selector of labels chooses. */
export const selected = (selector: Manifest['spec'], workloads: readonly Workload[]): readonly Workload[] => {
  const { matchLabels = {}, matchExpressions = [] } = selector as {
    readonly matchLabels?: Readonly<Record<string, string>>
    readonly matchExpressions?: readonly { readonly key: string; readonly values: readonly string[] }[]
  }
  return workloads.filter(({ manifest }) => {
    const labels: Readonly<Record<string, string>> = manifest['spec'].template.metadata.labels
    return (
      Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
      matchExpressions.every(({ key, values }) => values.includes(labels[key] ?? ''))
    )
  })
}
