import type { PlatformSession } from '@surepost/platforms'
import type { Site } from './create.ts'

type Deleted = Awaited<ReturnType<PlatformSession['deleteOwnPost']>>

const unknown = (reason: string): Deleted => ({ outcome: 'unknown', reason })

/** Delete one post: carried out or not, its answer may be lost. Deleting what is gone is done. */
export const deleteOn =
  ({ world, platform, process, reach }: Site): PlatformSession['deleteOwnPost'] =>
  (platformId, { signal }) =>
    new Promise((resolve) => {
      const { random, faults, scenario } = world
      let over = false
      const end = (result: Deleted): void => {
        if (over) return
        over = true
        signal.removeEventListener('abort', stop)
        resolve(result)
        world.wake()
      }
      const stop = (): void => end(unknown('stopped'))
      const act = (): void => {
        if (over) return
        if (!reach.alive || platform.troubled) return end(unknown('the page did not load'))
        const post = platform.find(platformId)
        if (post !== undefined && post.goneAt === null) platform.remove(post)
        if (random.chance(scenario.lostAnswerRate)) return end(unknown('no answer in time'))
        if (faults.step(process.machine)) process.after(random.tail(400, 3_000), () => end({ outcome: 'deleted' }))
      }
      if (signal.aborted) return stop()
      signal.addEventListener('abort', stop, { once: true })
      if (faults.step(process.machine)) process.after(random.tail(1_500, 5_000), act)
    })
