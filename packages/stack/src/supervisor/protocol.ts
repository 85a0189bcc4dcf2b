import { z } from 'zod'

/** What a command asks of the supervisor that it has just started, over the IPC channel. */
export const StartRequest = z.object({
  type: z.literal('start'),
  dataDir: z.string(),
  /** First port of the block; chosen when absent. */
  port: z.int().optional(),
  /** Remove the data folder at the end. */
  ephemeral: z.boolean(),
  durable: z.boolean(),
  backend: z.enum(['local', 'containers']),
})
export type StartRequest = z.infer<typeof StartRequest>

/** What the supervisor tells its command. */
export type SupervisorMessage =
  | { readonly type: 'progress'; readonly text: string }
  | { readonly type: 'ready' }
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'exited'; readonly name: string; readonly how: string; readonly logFile: string }

/** Body of a dependency's or service's stop. */
export const StopBody = z.object({ hard: z.boolean().default(false) })

/** Body of `POST /parts/rabbitmq/memory-alarm`. */
export const AlarmBody = z.object({ on: z.boolean() })

/** Body of `POST /services`. */
export const ServicesBody = z.object({
  only: z.array(z.string()).optional(),
  /** Variables by service name; `*` for all. They win over the stack's own. */
  env: z.record(z.string(), z.record(z.string(), z.string())).default({}),
  /** How many processes of a service, by its name; one by default. */
  replicas: z.record(z.string(), z.int().min(1)).default({}),
})
export type ServicesBody = z.infer<typeof ServicesBody>
