import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { PROJECT_ROOT } from '@surepost/stack'
import { describe, expect, it } from 'vitest'
import { ALERTS, ALERT_KINDS, AlertRaised, alertKey, alertKindOf, raised } from '../../src/contracts/index.ts'

const sources = ['packages', 'services'].flatMap((folder) =>
  readdirSync(join(PROJECT_ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\/src\/.*\.ts$/.test(file) && !file.includes('node_modules'))
    .map((file) => join(folder, file)),
)

describe('the catalogue of alerts', () => {
  it('has one heading of the runbook for each alert, with its meaning, its check and its fix', () => {
    const runbook = readFileSync(join(PROJECT_ROOT, 'docs/RUNBOOK.md'), 'utf8')
    const sections = runbook.split('\n## ').slice(1)
    expect(sections.map((section) => section.split('\n')[0])).toEqual(ALERT_KINDS.map(({ name }) => name))
    for (const section of sections) expect(section).toMatch(/\*\*Means\*\*[^]*\*\*Check\*\*[^]*\*\*Fix\*\*/)
  })

  it('has no two alerts of one name or key, and finds the kind of every key', () => {
    expect(new Set(ALERT_KINDS.map(({ name }) => name)).size).toBe(ALERT_KINDS.length)
    for (const kind of ALERT_KINDS) expect(alertKindOf(alertKey(kind, 'a subject'))).toBe(kind)
  })

  it('makes every alert: nothing else says a severity', () => {
    const severity = /severity: '(info|warning|critical)'( as const)?[,}]/
    const saying = sources.filter((file) => severity.test(readFileSync(join(PROJECT_ROOT, file), 'utf8')))
    expect(sources.length).toBeGreaterThan(100)
    const catalogue = ['alert-catalogue.ts', 'alert-parts.ts'].map((file) => `packages/shared/src/contracts/${file}`)
    expect(saying.toSorted()).toEqual(catalogue)
  })

  it('says what to do at the end of every sentence, however long what is wrong', () => {
    for (const kind of ALERT_KINDS) {
      const { data } = AlertRaised.body.safeParse(raised(kind, 'x'.repeat(5_000)))
      expect(data?.sentence.endsWith(kind.todo)).toBe(true)
      expect(data?.runbook).toBe(`docs/RUNBOOK.md#${kind.name}`)
    }
    expect(raised(ALERTS.jobLate, 'It is late.', 'persister.checks').key).toBe('job.late.persister.checks')
  })
})
