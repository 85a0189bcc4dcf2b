import { describe, expect, it } from 'vitest'
import { type Manifest, manifestSets } from '../support/manifests.ts'
import { schemaTroubles } from '../support/schemas.ts'

const sets = manifestSets()
const titleOf = ({ kind, metadata }: Manifest): string => `${kind} ${metadata.name}`

describe.each(sets)('the manifests of $name', ({ manifests }) => {
  it('are all what their schemas say, with no field that is not in them', () => {
    const troubles = manifests.flatMap((m) => schemaTroubles(m).map((trouble) => `${titleOf(m)}: ${trouble}`))
    expect(troubles).toEqual([])
    expect(manifests.length).toBeGreaterThan(20)
  })

  it('hold no secret', () => {
    expect(manifests.filter(({ kind }) => kind === 'Secret')).toEqual([])
  })
})

describe('a manifest', () => {
  const first = (kind: string): Manifest => {
    const found = sets.flatMap(({ manifests }) => manifests).find((m) => m.kind === kind)
    if (found === undefined) throw new Error(`no ${kind}`)
    return structuredClone(found)
  }

  it('with a misspelt field is told, however deep', () => {
    const deployment = first('Deployment')
    const [container] = deployment['spec'].template.spec.containers
    container.readinesProbe = container.readinessProbe
    expect(schemaTroubles(deployment)).toEqual(['/spec/template/spec/containers/0/readinesProbe is not in the schema'])
  })

  it('with a value of the wrong type is told', () => {
    const deployment = first('Deployment')
    deployment['spec'].template.spec.terminationGracePeriodSeconds = '60'
    expect(schemaTroubles(deployment).join()).toContain('terminationGracePeriodSeconds must be integer')
  })

  it('of a kind that nobody knows is told', () => {
    expect(schemaTroubles({ ...first('Service'), kind: 'Servce' })).toEqual(['there is no schema of v1 Servce'])
  })

  it('of RabbitMQ with a field that the operator does not have is told', () => {
    const cluster = first('RabbitmqCluster')
    cluster['spec'].replica = 3
    expect(schemaTroubles(cluster).join()).toContain('replica')
  })
})
