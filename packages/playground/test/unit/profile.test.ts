import { readLabel } from '@surepost/platforms'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { createPlayground } from '../../src/playground.ts'

interface Cookie {
  readonly name: string
  readonly value: string
}

/** Sign an account up (again), with what is asked of it, and read its profile as a visitor with its session. */
const profileOf = async (url: string, request: object) => {
  const made = await fetch(`${url}/admin/accounts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ handle: 'ada', ...request }),
  })
  const { storageState } = (await made.json()) as { storageState: { cookies: readonly Cookie[] } }
  const cookie = storageState.cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
  const page = await fetch(`${url}/ada`, { headers: { cookie } })
  return readLabel(await page.text(), page.url)
}

it('shows the label of an automated account as it is read on X, until it is taken away, and after a restart', async () => {
  const data = mkdtempSync(join(tmpdir(), 'playground-'))
  onTestFinished(() => rmSync(data, { recursive: true }))
  {
    await using site = await createPlayground({ data })
    expect(await profileOf(site.url, {})).toEqual({ kind: 'read', automatedBy: null })
    expect(await profileOf(site.url, { automatedBy: 'eve' })).toEqual({ kind: 'read', automatedBy: 'eve' })
    expect(await profileOf(site.url, {})).toEqual({ kind: 'read', automatedBy: 'eve' })
  }
  await using again = await createPlayground({ data })
  expect(await profileOf(again.url, {})).toEqual({ kind: 'read', automatedBy: 'eve' })
  expect(await profileOf(again.url, { automatedBy: null })).toEqual({ kind: 'read', automatedBy: null })
})
