/** Figures that are counts: nothing in a span is 0 of them. The others are unknown then. */
const COUNTS = new Set(['live', 'measured', 'failed', 'checks', 'checksMissed'])

/**
 * The answer of GET /v1/activity as columns, one place per span, the empty ones included.
 * @param {{ since: string, spanSeconds: number, spans: any[] }} answer
 * @returns {{ times: number[], column: (name: string) => (number | null)[], total: (name: string) => number | null }}
 */
export const columnsOf = ({ since, spanSeconds, spans }) => {
  const first = Math.floor(Date.parse(since) / 1_000)
  const count = Math.max(1, Math.ceil((Date.now() / 1_000 - first) / spanSeconds))
  const known = new Map(spans.map((span) => [Math.round((Date.parse(span.at) / 1_000 - first) / spanSeconds), span]))
  const column = (name) =>
    Array.from({ length: count }, (_, n) => known.get(n)?.[name] ?? (COUNTS.has(name) ? 0 : null))
  return {
    times: Array.from({ length: count }, (_, n) => first + n * spanSeconds),
    column,
    total(name) {
      const seen = spans.map((span) => span[name]).filter((value) => value !== null)
      return seen.length === 0 ? null : seen.reduce((a, b) => a + b, 0)
    },
  }
}
