import Table from 'cli-table3'
import { z } from 'zod'
import { bold, cyan, dim, green, redOut, yellow } from '../output.ts'
import { oneLine, plain } from './plain.ts'

/** What the console answers of posts, as far as it is shown. */
export const Segment = z.looseObject({
  index: z.int(),
  state: z.string(),
  missing: z.boolean(),
  text: z.string(),
  media: z.array(z.looseObject({ id: z.string(), alt: z.string() })),
  platformId: z.string().nullable(),
  url: z.string().nullable(),
  publishedAt: z.string().nullable(),
  recordedAt: z.string().nullable(),
  metrics: z.record(z.string(), z.unknown()).nullable(),
  measuredAt: z.string().nullable(),
})
export const Post = z.looseObject({
  id: z.string(),
  state: z.string(),
  reason: z.string().nullable(),
  account: z.string(),
  kind: z.string(),
  revision: z.int(),
  hash: z.string(),
  replyTo: z.string().nullable(),
  submittedAt: z.string(),
  scheduledAt: z.string().nullable(),
  notAfter: z.string(),
  segments: z.array(Segment).min(1),
})
export type Post = z.output<typeof Post>
export const PostPage = z.looseObject({ posts: z.array(Post), next: z.string().nullable() })
export const History = z.looseObject({
  facts: z.array(z.looseObject({ id: z.string(), type: z.string(), at: z.string(), body: z.unknown() })),
})
export type History = z.output<typeof History>

export const postPath = (id: string, ...rest: readonly string[]): string =>
  ['v1', 'posts', id, ...rest].map(encodeURIComponent).join('/')

const COLOURS: Readonly<Record<string, (text: string) => string>> = {
  live: green,
  failed: redOut,
  missed: redOut,
  needs_attention: redOut,
  unknown: yellow,
  review: yellow,
  publishing: cyan,
  queued: cyan,
}

const stateText = (state: string): string => (COLOURS[state] ?? ((text: string) => text))(plain(state))

/** To the second, as far as an instant is one. */
const time = (instant: string | null): string =>
  instant === null
    ? '–'
    : plain(instant)
        .replace('T', ' ')
        .replace(/(\.\d+)?Z$/u, 'Z')

const figures = (metrics: Readonly<Record<string, unknown>> | null): string =>
  Object.entries(metrics ?? {})
    .flatMap(([name, count]) => (typeof count === 'number' ? [`${count} ${plain(name)}`] : []))
    .join(', ')

const STYLE = { head: [], border: [] }

export const postsTable = ({ posts, next }: z.output<typeof PostPage>): string => {
  if (posts.length === 0) return 'No post is like that.'
  const table = new Table({ head: ['post', 'account', 'state', 'text', 'submitted or due'], style: STYLE })
  for (const { id, account, state, segments, submittedAt, scheduledAt } of posts) {
    const more = segments.length > 1 ? dim(` +${segments.length - 1}`) : ''
    table.push([
      plain(id),
      plain(account),
      stateText(state),
      `${oneLine(segments[0]?.text ?? '', 44)}${more}`,
      time(scheduledAt ?? submittedAt),
    ])
  }
  const rest = next === null ? '' : `\nThere are more: --cursor ${plain(next)}`
  return `${table.toString()}${rest}`
}

/** One line about a post that was just acted on. */
export const postLine = ({ id, state, reason }: Pick<Post, 'id' | 'state' | 'reason'>): string =>
  `${plain(id)} is ${stateText(state)}${reason === null ? '' : `: ${oneLine(reason, 300)}`}`

export const linksOf = ({ segments }: Pick<Post, 'segments'>): string =>
  segments.flatMap(({ url }) => (url === null ? [] : [`  ${cyan(plain(url))}`])).join('\n')

const segmentText = (segment: z.output<typeof Segment>): string => {
  const { index, state, missing, text, media, url, recordedAt, metrics, measuredAt } = segment
  const gone = missing ? redOut(' (gone from the platform)') : ''
  const rows = [
    `${bold(`segment ${index + 1}`)} ${stateText(state)}${gone}`,
    plain(text).replaceAll(/^/gmu, '  │ '),
    ...media.map(({ alt }) => dim(`  image: ${alt === '' ? 'without an alternative text' : oneLine(alt, 120)}`)),
    ...(url === null ? [] : [`  ${cyan(plain(url))}`, `  recorded ${time(recordedAt)}`]),
    ...(metrics === null ? [] : [`  ${figures(metrics) || 'no figure was shown'} (${time(measuredAt)})`]),
  ]
  return rows.join('\n')
}

/** What a fact's body tells beside its type; the texts are above. */
const TOLD = ['by', 'reason', 'detail', 'url', 'source', 'scheduledAt', 'notBefore', 'metrics'] as const

const factLine = ({ at, type, body }: History['facts'][number]): string => {
  const fields = z.record(z.string(), z.unknown()).catch({}).parse(body)
  const segment = typeof fields['segment'] === 'number' ? `segment ${fields['segment'] + 1}` : undefined
  const told = TOLD.flatMap((name) => {
    const value = fields[name]
    if (name === 'metrics')
      return (
        figures(
          z
            .record(z.string(), z.unknown())
            .catch({})
            .parse(value ?? {}),
        ) || []
      )
    return typeof value === 'string' && value !== '' ? [`${name} ${oneLine(value, 160)}`] : []
  })
  const rest = [segment, ...told].filter((part) => part !== undefined).join(' · ')
  return `  ${dim(time(at))}  ${plain(type)}${rest === '' ? '' : `  ${rest}`}`
}

/** A post with everything that was said of it; a history of null could not be read. */
export const postText = (post: Post, history: History | null): string => {
  const rows: readonly (readonly [string, string | null])[] = [
    ['post', post.id],
    ['account', post.account],
    ['kind', `${post.kind}${post.replyTo === null ? '' : `, to ${post.replyTo}`}`],
    ['revision', String(post.revision)],
    ['submitted', time(post.submittedAt)],
    ['due', post.scheduledAt === null ? null : time(post.scheduledAt)],
    ['not after', time(post.notAfter)],
  ]
  const head = rows.flatMap(([name, value]) => (value === null ? [] : [`${bold(name.padEnd(10))} ${plain(value)}`]))
  const state = `${bold('state'.padEnd(10))} ${stateText(post.state)}${post.reason === null ? '' : ` (${plain(post.reason)})`}`
  const facts =
    history === null
      ? 'The history cannot be read at the moment: the database is away.'
      : history.facts.length === 0
        ? 'Nothing of it is recorded yet.'
        : history.facts.map(factLine).join('\n')
  return [[...head, state].join('\n'), ...post.segments.map(segmentText), `${bold('history')}\n${facts}`].join('\n\n')
}
