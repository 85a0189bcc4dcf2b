import { readFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parse, stringify } from 'yaml'

/** The rules that Prometheus reads where there is no operator. */
const RULES = fileURLToPath(new URL('../deploy/prometheus/rules.yml', import.meta.url))

/** The same rules as a resource of the Prometheus operator. @param rules a rule file of Prometheus: `{groups: [...]}` */
export const prometheusRule = (rules: string): string => {
  const { groups } = parse(rules) as { readonly groups: readonly unknown[] }
  const resource = {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name: 'surepost' },
    spec: { groups },
  }
  return `# Made of deploy/prometheus/rules.yml: node_modules/.bin/node k8s/prometheus-rule.ts > k8s/components/monitoring/rules.yaml\n${stringify(resource, { lineWidth: 0 })}`
}

/** What k8s/components/monitoring/rules.yaml must be. */
export const rulesFile = (): string => prometheusRule(readFileSync(RULES, 'utf8'))

// As a command it writes the file's contents.
if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) process.stdout.write(rulesFile())
