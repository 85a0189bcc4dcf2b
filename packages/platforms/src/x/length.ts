import twitter from 'twitter-text'

/** X's limit in weighted units, for accounts without a subscription (developer.x.com, "Counting characters"). */
export const X_LIMIT = 280

/** X's weighted length: most letters count one, CJK and emoji two, every address 23 (`twitter-text`, config v3). */
export const measureX = (text: string): { readonly length: number; readonly limit: number } => ({
  length: twitter.parseTweet(text.normalize('NFC')).weightedLength,
  limit: X_LIMIT,
})
