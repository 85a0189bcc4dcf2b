import { ALERT_KINDS, runbookOf } from '../contracts/index.ts'

/** A string of YAML: JSON's are. */
const text = (value: string): string => JSON.stringify(value)

/** CamelCase, as Prometheus' rules are named: `database-away` becomes `SurepostDatabaseAway`. */
export const ruleName = (name: string): string =>
  `Surepost${name
    .split('-')
    .map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`)
    .join('')}`

/** The rules file of Prometheus: every alert of the catalogue, and a service that does not answer. */
export const prometheusRules = (): string => {
  const rules = ALERT_KINDS.map(({ name, severity, when, todo, rule, ...kind }) => {
    const lasts = rule.for === undefined ? '' : `        for: ${rule.for}\n`
    return `      - alert: ${ruleName(name)}
        expr: ${text(rule.expr)}
${lasts}        labels: { severity: ${severity} }
        annotations:
          summary: ${text(when)}
          description: ${text(todo)}
          runbook: ${text(runbookOf({ name, severity, when, todo, rule, ...kind }))}
`
  })
  return `# Made from the catalogue of alerts (packages/shared/src/contracts/alert-catalogue.ts); a test compares the two.
# Write it anew: ./surepost test packages/shared/test/integration/prometheus-rules.test.ts -u
groups:
  - name: surepost
    rules:
${rules.join('')}`
}
