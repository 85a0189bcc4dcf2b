import { parseArgs } from 'node:util'
import { messageOf } from '@surepost/shared/errors'
import { startStack } from './client.ts'

// For work on one part: `node packages/stack/src/dev.ts --data DIR [--services all|a,b]` prints one JSON line and stays until Ctrl-C.
const { values } = parseArgs({
  options: { data: { type: 'string' }, port: { type: 'string' }, services: { type: 'string' } },
})
const stopper = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopper.abort())

try {
  const stack = await startStack({
    dataDir: values.data ?? '.surepost/dev',
    signal: stopper.signal,
    onProgress: (text) => process.stderr.write(`${text}\n`),
    onExited: ({ name, how, logFile }) => process.stderr.write(`${name} ended (${how}); see ${logFile}\n`),
    ...(values.port === undefined ? {} : { port: Number(values.port) }),
  })
  const description =
    values.services === undefined
      ? await stack.describe()
      : await stack.startServices(values.services === 'all' ? {} : { only: values.services.split(',') })
  process.stdout.write(`${JSON.stringify({ ...description.endpoints, ...description })}\n`)
  await new Promise<void>((resolve) => {
    if (stopper.signal.aborted) resolve()
    else stopper.signal.addEventListener('abort', () => resolve())
  })
  await stack.stop()
} catch (error) {
  if (!stopper.signal.aborted) {
    process.stderr.write(`${messageOf(error)}\n`)
    process.exitCode = 1
  }
}
