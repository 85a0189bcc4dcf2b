import { PostSubmitted } from '@surepost/shared/contracts'
import type { Database } from '@surepost/shared/database'
import { z } from 'zod'
import { Counts } from '../api/shapes.ts'
import type { PostQuery, PostRecords, Read } from '../ports.ts'
import { inOrder } from '../decisions/history-order.ts'
import { parsed } from './parsed.ts'
import { FactRow, POST_COLUMNS, PostRow } from './post-rows.ts'

type Reader<Method extends keyof PostRecords> = (database: Pick<Database, 'read' | 'rpc'>) => PostRecords[Method]

/** The overview counts what was submitted or published since then. */
const OVERVIEW_MS = 7 * 24 * 60 * 60 * 1_000
/** Usual longest time of a read: a person waits for it. */
const READ_MS = 6_000
/** A post's facts: a thread of 25 with its attempts and seven checks each stays below it. */
const MAX_FACTS = 1_000

const find: Reader<'find'> = (database) => async (id, read) => {
  const row = await database.read(
    'post by id',
    (client) => client.from('posts').select(POST_COLUMNS).eq('id', id).not('state', 'is', null).maybeSingle(),
    { deadlineMs: READ_MS, ...read },
  )
  return row === null ? undefined : parsed('post', PostRow, row)
}

const after = ([at, id]: NonNullable<PostQuery['after']>): string =>
  `submitted_at.lt.${at},and(submitted_at.eq.${at},id.lt.${id})`

const list: Reader<'list'> = (database) => async (query, read) => {
  const rows = await database.read(
    'newest posts',
    (client) => {
      let wanted = client.from('posts').select(POST_COLUMNS).not('submitted_at', 'is', null)
      if (query.states.length > 0) wanted = wanted.in('state', [...query.states])
      if (query.account !== undefined) wanted = wanted.eq('account', query.account)
      if (query.after !== undefined) wanted = wanted.or(after(query.after))
      return wanted.order('submitted_at', { ascending: false }).order('id', { ascending: false }).limit(query.limit)
    },
    { deadlineMs: READ_MS, ...read },
  )
  return parsed('list of posts', z.array(PostRow), rows)
}

const history: Reader<'history'> = (database) => async (id, read) => {
  const columns = 'id,type,at,recorded_at,body'
  const rows = await database.read(
    'facts of a post',
    (client) => client.from('facts').select(columns).eq('post_id', id).order('at').order('id').limit(MAX_FACTS),
    { deadlineMs: READ_MS, ...read },
  )
  return inOrder(parsed('journal', z.array(FactRow), rows))
}

const submission: Reader<'submission'> = (database) => async (id, read) => {
  const rows = await database.read(
    'submissions of a post',
    (client) =>
      client.from('facts').select('body').eq('post_id', id).eq('type', PostSubmitted.type).order('at').limit(MAX_FACTS),
    { deadlineMs: READ_MS, ...read },
  )
  const bodies = parsed('journal', z.array(z.object({ body: PostSubmitted.body })), rows).map((row) => row.body)
  // Of the latest revision the earliest saying, as the database merges them.
  return bodies.reduce<(typeof bodies)[number] | undefined>(
    (best, body) => (best === undefined || body.revision > best.revision ? body : best),
    undefined,
  )
}

/** More than this many silent posts are as bad as this many. */
const MOST_SILENT = 1_000

/** Posts in flight of which a word is due by now, and nobody says it. */
const silent = async (database: Pick<Database, 'read'>, read: Read): Promise<number> => {
  const rows = await database.read(
    'silent posts',
    (client) =>
      client
        .from('posts')
        .select('id')
        .in('state', ['queued', 'publishing', 'unknown'])
        .lt('silent_at', new Date().toISOString())
        .limit(MOST_SILENT),
    { deadlineMs: READ_MS, ...read },
  )
  return rows.length
}

const counts: Reader<'counts'> = (database) => async (read) => {
  const since = new Date(Date.now() - OVERVIEW_MS).toISOString()
  const [found, quiet] = await Promise.all([
    database.rpc('overview', { since }, { deadlineMs: READ_MS, ...read }),
    silent(database, read),
  ])
  return parsed('overview', Counts, { ...found, since, overdue: { ...found.overdue, silent: quiet } })
}

const due: Reader<'due'> = (database) => async (read) => {
  const { posts, held, checks, answers, unknown } = await database.rpc('due_work', {}, { deadlineMs: READ_MS, ...read })
  return { posts, held, checks, answers, unknown }
}

/** The record of posts through the one database module. */
export const databasePosts = (database: Pick<Database, 'read' | 'rpc'>): PostRecords => ({
  find: find(database),
  list: list(database),
  history: history(database),
  submission: submission(database),
  counts: counts(database),
  due: due(database),
})
