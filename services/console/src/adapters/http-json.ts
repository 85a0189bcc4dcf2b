import { UnavailableError, messageOf } from '@surepost/shared/errors'

export interface HttpOptions {
  readonly method?: 'GET' | 'POST' | 'PUT'
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/** What another part answered: its status, and its body as JSON when it is that. */
export interface HttpAnswer {
  readonly status: number
  readonly body: unknown
}

/** Bigger answers are none of the parts' that we ask. */
const MAX_CHARACTERS = 8_000_000

/**
 * One request with a deadline.
 * @param name what is asked, for the sentence of the error; the address is left out, since it may hold credentials
 * @throws UnavailableError when there is no answer in time, or one of status 5xx
 */
export const httpJson = async (name: string, url: URL, options: HttpOptions): Promise<HttpAnswer> => {
  const { method = 'GET', headers, body, timeoutMs, signal } = options
  try {
    const response = await fetch(url, {
      method,
      headers: { accept: 'application/json', ...headers },
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      redirect: 'error',
      ...(body === undefined ? {} : { body }),
    })
    const text = await response.text()
    if (response.status >= 500) throw new Error(`it answered ${response.status}`)
    if (text.length > MAX_CHARACTERS) throw new Error('its answer is too large')
    return { status: response.status, body: jsonOf(text) }
  } catch (cause) {
    throw new UnavailableError(name, `${name} does not answer (${messageOf(cause)}).`, { cause })
  }
}

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
