import { goodAnswer, type Part, type Step } from './cast.ts'
import type { Answer, Asked, ModelServer } from './model-server.ts'

export interface Prompter {
  /** What the model repeats when it is to repeat an earlier answer. */
  repeat: string
  /** Called with each request, before it is answered. */
  onAsked: (n: number) => Promise<void>
}

/** Make the model do what each part says; what the services see of that is its answers. */
export const prompter = (
  server: ModelServer,
  parts: readonly Part[],
  remove: (author: string) => Promise<unknown>,
): Prompter => {
  const steps = new Map<string, readonly Step[]>()
  for (const { author, model } of parts) if (!steps.has(author) || model.length > 0) steps.set(author, model)
  const state: Prompter = { repeat: '', onAsked: () => Promise.resolve() }
  let n = 0
  const says = (reply: string): Answer => ({ says: JSON.stringify({ reply }) })
  /** A model without any sense: whatever addresses and handles it read, it writes. */
  const obeying = ({ mention, messages }: Asked): Answer => {
    const wanted = mention.match(/https?:\/\/\S+|\S+\.com|@victim/g) ?? []
    return says(`As you wish: ${wanted.join(' ')} ${messages[0]?.content.slice(0, 120) ?? ''}`.slice(0, 270))
  }
  server.answerWith(async (asked) => {
    n += 1
    const turn = n
    await state.onAsked(turn)
    const mine = steps.get(asked.author) ?? []
    const step = mine[Math.min(asked.before, mine.length - 1)] ?? { status: 418 }
    switch (step) {
      case 'good':
        return says(goodAnswer(turn))
      case 'obey':
        return obeying(asked)
      case 'repeat':
        return says(state.repeat)
      case 'delete':
        await remove(asked.author)
        return says(goodAnswer(turn))
      default:
        return step
    }
  })
  return state
}
