import { once } from 'node:events'
import { connectDatabase, type Database, type PostOutcomeRow } from '@surepost/shared/database'
import { silentLogger } from '@surepost/shared/runtime'
import { installationOf } from '../endpoints.ts'
import { agesOf, csvHeader, csvLine } from './csv.ts'

export interface ExportWish {
  readonly dataDir: string
  readonly since: Date
  readonly format: 'csv' | 'jsonl'
}

/** Rows asked for at a time. */
const PAGE = 500

/** Write every outcome since a time to standard output, oldest first. */
export const exportOutcomes = async ({ dataDir, since, format }: ExportWish, signal: AbortSignal): Promise<void> => {
  const { supabaseUrl, supabaseKey } = await installationOf(dataDir)
  await using database = connectDatabase({ url: supabaseUrl, key: supabaseKey, log: silentLogger() })
  if (format === 'jsonl') {
    for await (const row of outcomesSince(database, since, signal)) await write(`${JSON.stringify(row)}\n`)
    return
  }
  // The columns depend on the ages at which anything was measured, so all rows are read before the first is written.
  const rows = await Array.fromAsync(outcomesSince(database, since, signal))
  const ages = agesOf(rows)
  await write(`${csvHeader(ages)}\n`)
  for (const row of rows) await write(`${csvLine(row, ages)}\n`)
}

const write = async (text: string): Promise<void> => {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain')
}

/** Outcomes by the time of publishing, page by page. */
export async function* outcomesSince(
  database: Pick<Database, 'read'>,
  since: Date,
  signal: AbortSignal,
): AsyncGenerator<PostOutcomeRow> {
  for (let from = 0; ; from += PAGE) {
    const rows: readonly PostOutcomeRow[] = await database.read(
      'post_outcomes',
      (client) =>
        client
          .from('post_outcomes')
          .select('*')
          .gte('published_at', since.toISOString())
          .order('published_at')
          .order('post_id')
          .order('segment')
          .range(from, from + PAGE - 1),
      { signal, deadlineMs: 60_000 },
    )
    yield* rows
    if (rows.length < PAGE) return
  }
}
