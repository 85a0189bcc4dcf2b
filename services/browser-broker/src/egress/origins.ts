/** What browsers may reach: origins as `URL.origin` writes them. */
export type Origins = ReadonlySet<string>

/**
 * What X's pages are made of, beside the site itself: API, uploads, scripts, images, videos (the hosts in the content security
 * policy of x.com).
 */
const X_PARTS = [
  'api.x.com',
  'upload.x.com',
  'abs.twimg.com',
  'abs-0.twimg.com',
  'pbs.twimg.com',
  'video.twimg.com',
  'ton.twimg.com',
]

/** The origin that a text is, if it is nothing more and of HTTP. */
export const originOf = (text: string): string | undefined => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const whole = url?.pathname === '/' && url.search === '' && url.hash === '' && url.username === ''
  return whole && (url.protocol === 'http:' || url.protocol === 'https:') ? url.origin : undefined
}

/** The platform's own origins and what the installation adds to them. Everything else is out of reach. */
export const originsFor = (baseUrl: string, more: readonly string[]): Origins => {
  const site = new URL(baseUrl)
  const parts = site.origin === 'https://x.com' ? X_PARTS.map((host) => `https://${host}`) : []
  return new Set([site.origin, ...parts, ...more.flatMap((text) => originOf(text) ?? [])])
}

/** host:port, as CONNECT names it; nothing that one parser could read in another way than the next. */
const AUTHORITY = /^([a-z\d._-]+|\[[a-f\d:.]+\]):(\d{1,5})$/i

/** Where a tunnel to `authority` leads, if it may be opened: for HTTPS, or for a WebSocket of an allowed site. */
export const tunnelTo = (
  origins: Origins,
  authority: string,
): { readonly host: string; readonly port: number } | undefined => {
  const [, host = '', port = ''] = AUTHORITY.exec(authority) ?? []
  const allowed = ['http', 'https'].some((scheme) => {
    const text = `${scheme}://${host}:${port}`
    return host !== '' && URL.canParse(text) && origins.has(new URL(text).origin)
  })
  return allowed ? { host: bare(host), port: Number(port) } : undefined
}

/** An IPv6 address without its brackets. */
export const bare = (host: string): string => host.replaceAll(/^\[|\]$/g, '')
