import { styleText } from 'node:util'
import ora from 'ora'
import type { DemoEndpoints } from './client.ts'
import { isWhole, type Verdict } from './judge.ts'
import type { Records } from './records.ts'
import { runDemo, type DemoResult } from './run.ts'
import { demoTable } from './table.ts'

/** What scripts get: posts without replies; segments, live, recorded and measured count segments, replies included. */
export const demoSummary = ({
  posts,
  segments,
  live,
  duplicates,
  recorded,
  measured,
  replies,
  seconds,
}: DemoResult) => ({
  posts,
  segments,
  live,
  duplicates,
  recorded,
  measured,
  replies,
  seconds,
})

const progress = (verdict: Verdict): string =>
  [
    `live ${verdict.live}/${verdict.segments}`,
    `recorded ${verdict.recorded}/${verdict.segments}`,
    `measured ${verdict.measured}/${verdict.segments}`,
    `answered ${verdict.replies}/3`,
  ].join('   ') + (verdict.duplicates > 0 ? `   ${verdict.duplicates} twice` : '')

/**
 * Run the demo against what is up, showing its progress on standard error and the table on standard output.
 * @returns whether everything is live once, recorded and measured
 */
export const demo = async (
  endpoints: DemoEndpoints,
  records: Records,
  { json, withinMs, signal }: { readonly json: boolean; readonly withinMs: number; readonly signal: AbortSignal },
): Promise<boolean> => {
  const spinner = ora({ text: 'submitting', stream: process.stderr, isEnabled: process.stderr.isTTY }).start()
  let last = ''
  const show = (verdict: Verdict): void => {
    const text = progress(verdict)
    if (text === last) return
    last = text
    if (process.stderr.isTTY) spinner.text = text
    else process.stderr.write(`${text}\n`)
  }
  try {
    const result = await runDemo(endpoints, records, { withinMs, onProgress: show, signal })
    const whole = isWhole(result)
    spinner.stopAndPersist({ text: '', symbol: '' })
    if (json) process.stdout.write(`${JSON.stringify(demoSummary(result))}\n`)
    else process.stdout.write(`${demoTable(result.rows)}\n\n${sentence(result, whole)}\n`)
    return whole
  } catch (error) {
    spinner.stop()
    throw error
  }
}

const sentence = (result: DemoResult, whole: boolean): string => {
  const { live, segments, recorded, measured, duplicates, posts, replies, seconds } = result
  const figures = `${posts} posts and ${replies} answers: ${live} of ${segments} segments live, ${recorded} recorded, ${measured} measured, ${duplicates} twice, in ${seconds} s`
  return styleText(whole ? 'green' : 'red', `${whole ? '✔' : '✘'} ${figures}`, { stream: process.stdout })
}
