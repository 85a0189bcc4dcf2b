import { InvalidArgumentError } from 'commander'

/** What an answer answers, as the API takes it. */
export interface Target {
  readonly platformId: string
  readonly author?: string
}

/** The platform's id of a post, or its link. @throws InvalidArgumentError */
export const targetOption = (text: string): Target => {
  if (/^\d+$/u.test(text)) return { platformId: text }
  const [, author, platformId] = /^https?:\/\/[^/]+\/(\w+)\/status\/(\d+)/u.exec(text) ?? []
  if (author !== undefined && platformId !== undefined) return { platformId, ...(author === 'i' ? {} : { author }) }
  throw new InvalidArgumentError('It must be the id of a post on its platform, or its link.')
}
