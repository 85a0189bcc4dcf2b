/** One post that the demo submits: what its author would write. */
export interface DemoPost {
  readonly account: string
  readonly segments: readonly string[]
  readonly withImage?: true
  /** Scheduled this many seconds ahead. */
  readonly inSeconds?: number
}

/** Somebody on the playground who writes to one of our accounts. */
export interface DemoMention {
  readonly author: string
  readonly name: string
  readonly account: string
  readonly text: string
}

const ada = 'ada'
const grace = 'grace'

/**
 * The demo's work: 12 posts, three of them threads, one with an image, one scheduled. `run` makes the texts new, since
 * an account may not say the same thing twice in a day.
 */
export const demoPosts = (run: string): readonly DemoPost[] => {
  const post = (account: string, ...texts: readonly string[]): DemoPost => ({
    account,
    segments: texts.map((text) => `${text} · ${run}`),
  })
  return [
    post(ada, 'Hello! This was typed by a real browser, and recorded before anyone could lose it.'),
    post(grace, 'A post that is live but not in the database has no metrics, no history and no owner. Never again.'),
    post(
      ada,
      '1/3 What happens to a post? It is accepted once its fact is in a durable queue.',
      '2/3 A ledger is asked before every click, so nothing goes out twice. 🧾',
      '3/3 And it is measured until its last check is done — see https://example.com/docs/states for the map.',
    ),
    { ...post(grace, 'With a picture: four services, one queue each.'), withImage: true },
    post(ada, 'Emoji 👩‍🚀, 日本語, ünïcödé & <angle brackets> travel as they were written.'),
    { ...post(grace, 'This one was scheduled a few seconds ahead.'), inSeconds: 6 },
    post(ada, '1/2 Browsers are leased, one process each.', '2/2 When a lease ends, so does its browser. #fencing'),
    post(grace, 'Waiting is not failing: a busy account only means later.'),
    post(ada, 'Line one,\nline two,\n\nand a paragraph after them.'),
    post(grace, '1/2 Every check is an obligation.', '2/2 It is fulfilled, or it says why not.'),
    post(ada, 'Kill a process and look: nothing was acked, so nothing is lost. @grace_ships'),
    post(grace, 'The last of twelve. Good night, ledger.'),
  ]
}

/**
 * Three people who are new in each run: an answer to one who was answered in a run before could have the words of that
 * one, which no account may say twice in a day.
 */
export const demoMentions = (run: string): readonly DemoMention[] => {
  const mention = (name: string, account: string, text: string): DemoMention => ({
    author: `${name.toLowerCase()}_${run.replaceAll(/\D/g, '')}`,
    name,
    account,
    text: `${text} · ${run}`,
  })
  return [
    mention('Linus', ada, 'does it survive a database outage?'),
    mention('Margaret', grace, 'how do you know that nothing goes out twice?'),
    mention('Edsger', ada, 'is there a proof, or only tests?'),
  ]
}
