import { z } from 'zod'
import { createPlayground } from './index.ts'

const Config = z.object({
  PLAYGROUND_PORT: z.coerce.number('must be a port number, 0 for a free one').int().min(0).max(65_535).default(0),
  PLAYGROUND_HOST: z.string().min(1).default('127.0.0.1'),
  PLAYGROUND_DATA: z.string().min(1).optional(),
  PLAYGROUND_URL: z.url({ protocol: /^https?$/u }).optional(),
  PLAYGROUND_ADMIN_KEY: z.string().min(16, 'must have at least 16 characters').optional(),
})
/** An empty variable counts as not set. */
const given = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ''))

const refuse = (why: string): void => {
  process.stderr.write(`The playground cannot start: ${why}\n`)
  process.exitCode = 1
}

const start = async ({
  PLAYGROUND_PORT: port,
  PLAYGROUND_HOST: host,
  PLAYGROUND_DATA: data,
  PLAYGROUND_URL: publicUrl,
  PLAYGROUND_ADMIN_KEY: adminKey,
}: z.infer<typeof Config>) => {
  const playground = await createPlayground({ port, host, data, publicUrl, adminKey })
  const stop = (): void => void playground[Symbol.asyncDispose]()
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  process.stdout.write(`${JSON.stringify({ url: playground.url })}\n`)
}

const config = Config.safeParse(given)
if (config.success)
  await start(config.data).catch((error: unknown) => refuse(error instanceof Error ? error.message : String(error)))
else refuse(z.prettifyError(config.error))
