import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One request as the server got it. */
export interface Asked {
  /** Who wrote the mention, by the prompt. */
  readonly author: string
  readonly mention: string
  readonly messages: readonly { readonly role: string; readonly content: string }[]
  /** How often this author's mention was asked about before. */
  readonly before: number
}

/** How the server answers: what a model says, or one of the ways in which asking one fails. */
export type Answer =
  | { readonly says: string; readonly tokens?: readonly [input: number, output: number] }
  | { readonly refuses: true }
  | { readonly status: number; readonly code?: string; readonly headers?: Readonly<Record<string, string>> }
  | { readonly hangs: true }

export interface ModelServer extends AsyncDisposable {
  readonly url: string
  readonly asked: readonly Asked[]
  answerWith(answer: (asked: Asked) => Answer | Promise<Answer>): void
}

const bodyOf = async (request: IncomingMessage): Promise<{ messages: Asked['messages'] }> => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return JSON.parse(Buffer.concat(chunks).toString()) as { messages: Asked['messages'] }
}

const completion = (content: string | null, refusal: string | null, [input, output]: readonly [number, number]) => ({
  id: 'c',
  object: 'chat.completion',
  created: 1,
  model: 'test',
  choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content, refusal }, logprobs: null }],
  usage: { prompt_tokens: input, completion_tokens: output, total_tokens: input + output },
})

const send = (response: ServerResponse, answer: Answer): void => {
  if ('hangs' in answer) return
  if ('status' in answer) {
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers })
    response.end(JSON.stringify({ error: { message: 'no', code: answer.code ?? null, type: 'test' } }))
    return
  }
  const body =
    'says' in answer
      ? completion(answer.says, null, answer.tokens ?? [100, 20])
      : completion(null, 'I will not.', [100, 5])
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

/** An OpenAI-compatible server that answers as it is told, and fails in each way on demand. */
export const modelServer = async (): Promise<ModelServer> => {
  const asked: Asked[] = []
  let answer: (asked: Asked) => Answer | Promise<Answer> = () => ({ says: '{"reply":null}' })
  const server = createServer((request, response) => {
    void (async () => {
      const { messages } = await bodyOf(request)
      const said = messages.find(({ role }) => role === 'user')?.content ?? ''
      const [, author = '', mention = ''] = /<mention author="@(\w+)">\n([\s\S]*)\n<\/mention>/.exec(said) ?? []
      const one = { author, mention, messages, before: asked.filter((earlier) => earlier.author === author).length }
      asked.push(one)
      send(response, await answer(one))
    })().catch(() => response.destroy())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/v1`,
    asked,
    answerWith: (next) => void (answer = next),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
