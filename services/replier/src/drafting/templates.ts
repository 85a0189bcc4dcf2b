import type { Drafter } from './drafter.ts'

const TEMPLATES: readonly ((author: string) => string)[] = [
  (author) => `Thanks for asking, @${author}! We will look into it and write back here.`,
  (author) => `Good point, @${author} — noted, and passed on to the team.`,
  (author) => `Hi @${author}, glad you wrote. Yes, that works today; the docs have the details.`,
]

/**
 * Fixed sentences instead of a model, so that the demo needs no account anywhere. The choice follows from the mention's id:
 * the same mention always gets the same answer. They repeat themselves, so they are not compared with earlier answers.
 */
export const templateDrafter = (): Drafter => ({
  most: () => ({ tokens: 0, costMicros: 0 }),
  draft({ mention }) {
    const template = TEMPLATES[Number(BigInt(mention.platformId) % BigInt(TEMPLATES.length))] ?? TEMPLATES[0]
    if (template === undefined) throw new RangeError('there is no template')
    return Promise.resolve({ kind: 'draft', text: template(mention.author), drafter: 'templates' })
  },
})
