import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { silentLogger } from '@surepost/shared/runtime'
import { createOutage } from '../../src/handlers/outage.ts'

const outageThat = (alertAfterMs: number) => {
  const said: string[] = []
  const raised = Promise.withResolvers<void>()
  const outage = createOutage({
    bus: {
      emit: async (contract) => {
        said.push(contract.type)
        raised.resolve()
      },
    },
    log: silentLogger(),
    signal: new AbortController().signal,
    alertAfterMs,
  })
  return { outage, said, raised: raised.promise }
}

describe('an outage of the database', () => {
  it('raises one alert when it lasts, and clears it at its end', async () => {
    const { outage, said, raised } = outageThat(1)
    outage.began(new Error('away'))
    outage.began(new Error('still away'))
    await raised
    outage.ended()
    outage.ended()
    expect(said).toEqual(['alert.raised', 'alert.cleared'])
  })

  it('says nothing when it is short', async () => {
    const { outage, said } = outageThat(20)
    outage.began(new Error('away'))
    outage.ended()
    await sleep(40)
    expect(said).toEqual([])
  })
})
