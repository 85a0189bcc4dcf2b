import { type Command, Option } from 'commander'
import { openConsole, withConsole } from '../console/access.ts'
import { Alerts, alertsTable } from '../console/alerts.ts'
import { interruptible } from '../interrupt.ts'
import { wholeNumber } from '../whole-number.ts'

interface AlertsOptions {
  readonly all?: boolean
  readonly limit: number
  readonly json?: boolean
}

/** `surepost alerts`: what is wrong at the moment. */
export const alertsCommand = (program: Command, done: (code: number) => void): void => {
  withConsole(program.command('alerts'))
    .description('list the alerts that are active, the last raised first')
    .option('--all', 'those that were cleared as well')
    .addOption(new Option('--limit <n>', 'at most so many').argParser(wholeNumber(1, 200)).default(50))
    .action(async ({ all = false, limit, json = false }: AlertsOptions, command: Command) => {
      const alerts = await interruptible(async (signal) => {
        const console = await openConsole(command, signal)
        return console.get(`v1/alerts?limit=${limit}${all ? '' : '&active=true'}`, Alerts)
      })
      process.stdout.write(`${json ? JSON.stringify(alerts) : alertsTable(alerts, all)}\n`)
      done(0)
    })
}
