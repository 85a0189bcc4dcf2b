import { spawnSync } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseAllDocuments } from 'yaml'

export const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const K8S = join(ROOT, 'k8s')

/** A document of the manifests; what it must look like is its schema's to say. */
export interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> }
  // oxlint-disable-next-line typescript/no-explicit-any -- looked into by tests only, after its schema has passed
  readonly [field: string]: any
}

/** Manifests that belong together, and how they came about. */
export interface ManifestSet {
  readonly name: string
  readonly manifests: readonly Manifest[]
}

const documentsOf = (text: string): readonly Manifest[] =>
  parseAllDocuments(text, { merge: true }).map((document) => {
    const [error] = document.errors
    if (error !== undefined) throw error
    return document.toJS() as Manifest
  })

/** Kustomize came into kubectl 1.14; components and the rest that is used here came with 1.21. */
const LEAST_MINOR = 21

const kubectl = ((): string | undefined => {
  const { status, stdout } = spawnSync('kubectl', ['version', '--client', '-o', 'json'], { encoding: 'utf8' })
  if (status !== 0) return undefined
  const [, major, minor] = /"gitVersion": *"v(\d+)\.(\d+)/.exec(stdout) ?? []
  return major === '1' && Number(minor) >= LEAST_MINOR ? `kubectl 1.${minor}` : undefined
})()

/** @throws what kubectl says when it cannot render it */
export const render = (folder: string): readonly Manifest[] => {
  const { status, stdout, stderr } = spawnSync('kubectl', ['kustomize', join(K8S, folder)], {
    encoding: 'utf8',
    maxBuffer: 32 * 1024 * 1024,
  })
  if (status !== 0) throw new Error(`kubectl kustomize k8s/${folder}: ${stderr}`)
  return documentsOf(stdout)
}

interface Kustomization {
  readonly resources?: readonly string[]
  readonly components?: readonly string[]
  readonly configMapGenerator?: readonly { readonly name: string; readonly literals?: readonly string[] }[]
}

const generated = ({ configMapGenerator = [] }: Kustomization): readonly Manifest[] =>
  configMapGenerator.map(({ name, literals = [] }) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name },
    data: Object.fromEntries(literals.map((l) => [l.slice(0, l.indexOf('=')), l.slice(l.indexOf('=') + 1)])),
  }))

/** Every file that a folder names, as it lies there: no patch is applied, nothing is renamed. */
const asTheyLie = (folder: string): readonly Manifest[] => {
  const file = join(K8S, folder, 'kustomization.yaml')
  const kustomization = documentsOf(readFileSync(file, 'utf8'))[0] as unknown as Kustomization
  const files = (kustomization.resources ?? []).map((name) => join(dirname(file), name))
  return [...files.flatMap((path) => documentsOf(readFileSync(path, 'utf8'))), ...generated(kustomization)]
}

const foldersIn = (folder: string): readonly string[] =>
  readdirSync(join(K8S, folder)).map((name) => `${folder}/${name}`)

/** The overlays as the cluster gets them; without a kubectl that renders, the files of base and components as they lie. */
export const manifestSets = (): readonly ManifestSet[] =>
  kubectl === undefined
    ? [
        {
          name: 'base and components, NOT RENDERED since there is no kubectl 1.21 or newer',
          manifests: ['base', ...foldersIn('components')].flatMap(asTheyLie),
        },
      ]
    : foldersIn('overlays').map((folder) => ({ name: `${folder}, by ${kubectl}`, manifests: render(folder) }))
