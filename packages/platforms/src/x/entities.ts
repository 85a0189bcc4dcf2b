import twitter from 'twitter-text'

/** What X would make links of in a text: addresses, and handles without the @. */
export const entitiesX = (
  text: string,
): { readonly links: readonly string[]; readonly handles: readonly string[] } => ({
  links: twitter.extractUrls(text, { extractUrlsWithoutProtocol: true }),
  handles: twitter.extractMentions(text),
})
