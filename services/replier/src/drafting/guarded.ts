import { type BreakerPorts, tellBreakers } from '@surepost/shared/alerts'
import type { DeferCategory } from '@surepost/shared/contracts'
import { UnavailableError } from '@surepost/shared/errors'
import { type Breakers, createBreakers } from '@surepost/shared/runtime'
import type { DraftEnd, Drafter } from './drafter.ts'

/** The name of the model's breaker. */
export const MODEL = 'model'

interface Tried {
  readonly end: DraftEnd
  readonly mention: string
}

/** What says that the model does not work. A quota, a rate or a key has its own consequence: see wait.ts. */
const TROUBLES: ReadonlySet<DeferCategory> = new Set(['server', 'timeout'])

const didNotWork = ({ end }: Tried): boolean => end.kind === 'wait' && TROUBLES.has(end.category)

export const modelBreakers = (ports: BreakerPorts): Breakers<Tried> =>
  createBreakers<Tried>({
    isFailure: didNotWork,
    subjectOf: ({ mention }) => mention,
    onChange: tellBreakers(ports),
  })

/** A drafter behind the breaker of its model: while it is open nothing is asked, and the decision waits for the probe. */
export const guardedDrafter = (drafter: Drafter, breakers: Breakers<Tried>): Drafter => ({
  most: (request) => drafter.most(request),
  async draft(request) {
    const mention = request.mention.platformId
    try {
      const { end } = await breakers.execute([MODEL], async () => ({ end: await drafter.draft(request), mention }))
      return end
    } catch (error) {
      if (!(error instanceof UnavailableError) || error.dependency !== MODEL) throw error
      const until = breakers.trouble([MODEL])?.until ?? null
      return { kind: 'wait', category: 'server', detail: error.message, until }
    }
  },
})
