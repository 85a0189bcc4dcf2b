/** What is said: every kind of character that has ever broken a composer or a comparison. */
export const SENTENCES: readonly string[] = [
  'Nothing goes out twice, and nothing is lost.',
  'Emoji 👩‍🚀🧾, 日本語, ünïcödé & <angle brackets> travel as they were written.',
  'Line one,\nline two,\n\nand a paragraph after them.',
  'See https://example.com/docs/states?from=chaos#live for the map.',
  'A ledger is asked before every click.',
  'Waiting is not failing: a busy account only means later. #fencing',
  '“Quotes”, ‘quotes’ — and a dash… all of them typographic.',
  'Kill a process and look: nothing was acked, so nothing is lost.',
  'One browser a lease; when the lease ends, so does its browser.',
  'Prices: $5, €5, 5 %; and a tab\tin between.',
]

export const QUESTIONS: readonly string[] = [
  'does it survive a database outage?',
  'how do you know that nothing goes out twice?',
  'is there a proof, or only tests?',
  'what happens when the browser dies after the click?',
]

/** Names of people on the site who are not ours. */
export const BOTS: readonly string[] = ['margaret_h', 'edsger_w', 'barbara_l', 'tony_h', 'leslie_l', 'frances_a']
