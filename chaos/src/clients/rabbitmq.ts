import { z } from 'zod'
import { request } from './request.ts'

const Queues = z.array(z.looseObject({ name: z.string(), messages: z.number().default(0) }))
export interface QueueDepth {
  readonly name: string
  readonly messages: number
}

/** The management API, past every service. @param url with user and password */
export const queuesAt = (url: string, vhost: string, signal: AbortSignal) => {
  const { username, password, host } = new URL(url)
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  const headers = { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` }
  const path = `api/queues/${encodeURIComponent(vhost)}?columns=name,messages`
  return async (): Promise<readonly QueueDepth[]> =>
    Queues.parse(await request(`http://${host}/${path}`, { headers, signal }))
}
