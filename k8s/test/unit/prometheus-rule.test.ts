import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { prometheusRule, rulesFile } from '../../prometheus-rule.ts'
import { type Manifest, ROOT } from '../support/manifests.ts'
import { schemaTroubles } from '../support/schemas.ts'

const RULES = `groups:
  - name: surepost
    rules:
      - alert: SurepostSomething
        expr: surepost_ledger_outbox > 100
        for: 5m
        labels: { severity: warning }
        annotations: { summary: 'It is {{ $value }}.' }
`
const folder = join(ROOT, 'k8s/components/monitoring')

describe('rules of Prometheus', () => {
  it('become a resource of its operator, as they are', () => {
    const rule = parse(prometheusRule(RULES)) as Manifest
    expect(schemaTroubles(rule)).toEqual([])
    expect(rule['spec'].groups).toEqual((parse(RULES) as { readonly groups: unknown }).groups)
  })

  it('that the resource would not take are told', () => {
    const rule = parse(prometheusRule(RULES.replace('expr:', 'exrp:'))) as Manifest
    expect(schemaTroubles(rule)).not.toEqual([])
  })

  it('of deploy/prometheus are those of the component (k8s/prometheus-rule.ts)', () => {
    expect(readFileSync(join(folder, 'rules.yaml'), 'utf8')).toBe(rulesFile())
    expect(readFileSync(join(folder, 'kustomization.yaml'), 'utf8')).toContain('- rules.yaml')
  })
})
