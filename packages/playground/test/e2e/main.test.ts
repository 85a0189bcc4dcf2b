import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

let data: string
let children: ChildProcess[]
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'playground-'))
  children = []
})
afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(data, { recursive: true })
})

const run = (env: Readonly<Record<string, string>>) => {
  const child = spawn(process.execPath, [MAIN], { env: { ...process.env, PLAYGROUND_DATA: data, ...env } })
  children.push(child)
  return child
}

const urlOf = async (child: ReturnType<typeof run>): Promise<string> => {
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  return (JSON.parse(line) as { url: string }).url
}

const end = async (child: ReturnType<typeof run>): Promise<{ code: number; said: string }> => {
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  const [code] = (await once(child, 'close')) as [number]
  return { code, said }
}

describe('the playground as a process', () => {
  it('says where it is, answers, stops when it is told to, and remembers', async () => {
    const first = run({})
    const url = await urlOf(first)
    expect((await fetch(`${url}/readyz`)).status).toBe(200)
    const body = JSON.stringify({ handle: 'anna', text: 'Remember me' })
    const answer = await fetch(`${url}/admin/posts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
    const { id } = (await answer.json()) as { id: string }
    first.kill('SIGTERM')
    expect((await end(first)).code).toBe(0)

    const again = await urlOf(run({}))
    expect(await (await fetch(`${again}/ledger`)).json()).toMatchObject([
      { id, handle: 'anna', text: 'Remember me', deletedAt: null },
    ])
  })

  it('says why it cannot start', async () => {
    const bad = await end(run({ PLAYGROUND_PORT: 'eighty' }))
    expect(bad.code).toBe(1)
    expect(bad.said).toContain('must be a port number')
    const port = new URL(await urlOf(run({}))).port
    const taken = await end(run({ PLAYGROUND_PORT: port }))
    expect(taken.code).toBe(1)
    expect(taken.said).toMatch(/cannot start.*EADDRINUSE/u)
  })

  it('answers bad requests with a sentence', async () => {
    const url = await urlOf(run({}))
    const send = async (path: string, body: string) => {
      const answer = await fetch(`${url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      })
      return { status: answer.status, error: ((await answer.json()) as { error: string }).error }
    }
    expect(await send('/admin/posts', '{"handle":')).toMatchObject({ status: 400 })
    expect(await send('/admin/posts', '{"handle":"home","text":"x"}')).toMatchObject({
      status: 400,
      error: expect.stringContaining('address of the site') as string,
    })
    expect(await send('/admin/faults', '{"kind":"flood"}')).toMatchObject({ status: 400 })
    expect(await send('/admin/posts', '{"handle":"anna","text":"x","inReplyTo":"100000000000000000"}')).toMatchObject({
      status: 404,
      error: 'There is no post 100000000000000000.',
    })
  })
})
