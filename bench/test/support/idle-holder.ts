/** A holder that takes jobs, says that they were granted, and never ends one. */
import type { HolderJob } from '../../src/pool/holder.ts'

process.on('message', ({ job }: HolderJob) => void process.send?.({ id: job.id, granted: Date.now() }))
process.on('disconnect', () => process.exit(0))
process.send?.({ ready: true })
