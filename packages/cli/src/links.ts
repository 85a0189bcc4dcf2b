import type { UpLine } from './bring-up.ts'
import { bold, cyan, dim } from './output.ts'

const withoutLogin = (text: string): { readonly url: string; readonly login: string } => {
  const url = new URL(text)
  const login = `${url.username} / ${url.password}`
  url.username = ''
  url.password = ''
  return { url: url.href, login }
}

/** What a person needs once everything is up: where to look, and with which key. */
export const links = (line: UpLine): string => {
  const rabbitmq = withoutLogin(line.rabbitmqManagementUrl)
  const rows: readonly (readonly [string, string, string])[] = [
    ['Console', line.consoleUrl, `API key ${line.apiKey}`],
    ['Playground', line.playgroundUrl, line.accounts.map(({ handle }) => `@${handle}`).join(' ')],
    ['RabbitMQ', rabbitmq.url, rabbitmq.login],
    ['Supabase', line.supabaseUrl, 'keys: surepost up --json, or secrets.json'],
    ['Postgres', line.postgresUrl, ''],
    ['Data, logs', line.dataDir, ''],
  ]
  return rows
    .map(([name, url, extra]) => `  ${bold(name.padEnd(11))} ${cyan(url)}${extra === '' ? '' : `   ${dim(extra)}`}`)
    .join('\n')
}
