/** Every process of ours, by the stack's names. Poster and persister run twice, as they may in production. */
export const SERVICES = [
  'poster',
  'poster-2',
  'persister',
  'persister-2',
  'browser-broker',
  'scraper',
  'replier',
  'console',
] as const

/** How many processes of each service a run has. */
export const REPLICAS: Readonly<Record<string, number>> = { poster: 2, persister: 2 }
