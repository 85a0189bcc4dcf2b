import { update } from './store.js'

/** An answer that is a problem (RFC 9457). */
export class ApiProblem extends Error {
  /** @param {{ status: number, title?: string, detail?: string, errors?: { path: string, message: string }[] }} body */
  constructor(body) {
    super(body.detail ?? body.title ?? `The console answered ${body.status}.`)
    this.status = body.status
    this.errors = body.errors ?? []
  }
}

/** How long the console may take before the page says so. */
const TIMEOUT_MS = 20_000

/**
 * @param {string} method
 * @param {string} path
 * @param {{ json?: unknown, bytes?: Blob, headers?: Record<string, string>, timeoutMs?: number }} [send]
 */
export const call = async (method, path, { json, bytes, headers = {}, timeoutMs = TIMEOUT_MS } = {}) => {
  const body = json === undefined ? bytes : JSON.stringify(json)
  const response = await fetch(path, {
    method,
    // Only a script of this origin can set this header: it is what makes a change with the cookie ours.
    headers: {
      'x-surepost-page': '1',
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      ...(bytes === undefined ? {} : { 'content-type': 'application/octet-stream' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
    credentials: 'same-origin',
    signal: AbortSignal.timeout(timeoutMs),
  }).catch((cause) => {
    throw new Error('The console does not answer. Is it running?', { cause })
  })
  if (response.status === 401 && path !== '/session') update({ signedIn: false })
  const isJson = /json/.test(response.headers.get('content-type') ?? '')
  const answer = isJson ? await response.json() : undefined
  if (!response.ok) throw new ApiProblem(answer ?? { status: response.status })
  return answer
}

/** @param {string} path @param {number} [timeoutMs] */
export const get = (path, timeoutMs) => call('GET', path, timeoutMs === undefined ? {} : { timeoutMs })
/** @param {string} path @param {unknown} json @param {Record<string, string>} [headers] */
export const post = (path, json, headers) => call('POST', path, { json, headers })
/** @param {string} path @param {unknown} json */
export const put = (path, json) => call('PUT', path, { json })
/** @param {string} path @param {unknown} json */
export const edit = (path, json) => call('PATCH', path, { json })
/** @param {string} path */
export const remove = (path) => call('DELETE', path)
