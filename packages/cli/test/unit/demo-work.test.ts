import { describe, expect, it } from 'vitest'
import { demoMentions, demoPosts } from '../../src/demo/work.ts'

describe('the work of two runs of the demo', () => {
  const [first, second] = ['20:39:26', '20:41:00']

  it('has no text in common, since an account says nothing twice in a day', () => {
    const texts = [first, second].map((run) => demoPosts(run).flatMap(({ segments }) => segments))
    expect(new Set(texts.flat()).size).toBe(texts.flat().length)
  })

  it('answers other people, whose handles the platform can have', () => {
    const authors = [first, second].flatMap((run) => demoMentions(run).map(({ author }) => author))
    expect(new Set(authors).size).toBe(6)
    for (const author of authors) expect(author).toMatch(/^\w{4,15}$/)
  })
})
