import type { Mention, PlatformId } from '@surepost/shared/contracts'
import type { Call, ListReading, OwnPostQuery, SeenPost } from '../platform.ts'
import { type Driver, withPage } from './driver.ts'
import type { Site } from './publish.ts'
import { sameHandle } from './read/post.ts'
import type { ListedPost } from './read/timeline.ts'
import { readPostWith, unreadable } from './reading.ts'
import { type Scan, readList, scanList } from './scan.ts'
import { sameText, withoutMentions } from './text.ts'

/**
 * A list is in order but for pins and for old posts of ours that a new answer hangs from, a few at a time: it is covered
 * when so many at its end are older than asked for that they cannot all be such.
 */
const OLDER_AT_END = 10
/** How far our clock and X's may be apart. `taken` keeps other actions' posts away, so generous is safe. */
const CLOCK_SKEW_MS = 120_000
/** Texts cut by "Show more" whose own pages are opened for the whole, at most, in one reading. */
const MOST_WHOLE_TEXTS = 10
/** Posts with the same text whose own pages are opened to see what they answer, at most. */
const MOST_CANDIDATES = 5

/** Whether the posts of a list so far, in its order, reach back beyond `since`. */
export const covers = (items: readonly Pick<SeenPost, 'pinned' | 'createdAt'>[], since: Date): boolean => {
  const last = items.filter((item) => !item.pinned).slice(-OLDER_AT_END)
  return last.length === OLDER_AT_END && last.every((item) => item.createdAt < since)
}

const ownTimeline = (site: Site, since: Date): Scan => ({
  path: `/${site.identity.handle}/with_replies`,
  handle: site.identity.handle,
  covered: (items) => covers(items, since),
})

const newerFirst = (a: ListedPost, b: ListedPost): number =>
  b.createdAt.getTime() - a.createdAt.getTime() || Number(BigInt(b.platformId) - BigInt(a.platformId))

/** A thread stands together in the list; here every post stands by its time, a pinned one first. */
const newestFirst = (items: readonly ListedPost[]): readonly ListedPost[] =>
  items.toSorted((a, b) => Number(b.pinned) - Number(a.pinned) || newerFirst(a, b))

const seenPost = ({ metrics: _metrics, cut: _cut, ...post }: ListedPost): SeenPost => post

/** Own posts and answers, newest first, back to `since`. A pinned post stands first, whatever its age. */
export const readOwnTimeline = (site: Site, since: Date, call: Call): Promise<ListReading<SeenPost>> =>
  readList(site, ownTimeline(site, since), call)
    .then(
      (list): ListReading<SeenPost> =>
        list.kind === 'read'
          ? {
              ...list,
              items: newestFirst(list.items.filter((item) => item.pinned || item.createdAt >= since)).map(seenPost),
            }
          : list,
    )
    .catch((error: unknown) => unreadable(error, call))

/** An answer's leading mentions of those it answers are not shown as part of its text. */
const couldBe = (wanted: OwnPostQuery, shown: string): boolean =>
  sameText(wanted.text, shown) || (wanted.parent !== null && sameText(withoutMentions(wanted.text), shown))

/** Open a candidate's own page: only there are its whole text and what it answers. */
const confirm = async (
  driver: Driver,
  site: Site,
  wanted: OwnPostQuery,
  candidate: ListedPost,
): Promise<SeenPost | 'another' | 'unsure'> => {
  const own = { platformId: candidate.platformId, author: site.identity.handle }
  const reading = await readPostWith(driver, site, own, wanted.parent)
  if (reading.kind === 'deleted') return 'another'
  if (reading.kind !== 'read') return 'unsure'
  const { post, lostParent } = reading
  const sameParent = post.inReplyTo === wanted.parent || (wanted.parent !== null && lostParent)
  return sameParent && couldBe(wanted, post.text) ? post : 'another'
}

const confirmAll = async (
  driver: Driver,
  site: Site,
  wanted: OwnPostQuery,
  list: Extract<ListReading<ListedPost>, { kind: 'read' }>,
): Promise<ListReading<SeenPost>> => {
  const earliest = wanted.notBefore.getTime() - CLOCK_SKEW_MS
  const candidates = list.items
    .filter(
      (item) =>
        item.createdAt.getTime() >= earliest && !wanted.taken.has(item.platformId) && couldBe(wanted, item.text),
    )
    .toSorted((a, b) => newerFirst(b, a))
  const items: SeenPost[] = []
  let complete = list.complete && candidates.length <= MOST_CANDIDATES
  for (const candidate of candidates.slice(0, MOST_CANDIDATES)) {
    const confirmed = await confirm(driver, site, wanted, candidate)
    if (confirmed === 'unsure') complete = false
    else if (confirmed !== 'another') items.push(confirmed)
  }
  return { kind: 'read', items, complete, beganAt: list.beganAt }
}

/**
 * Look for our own post: on our timeline by text and time, then on each candidate's own page by its whole text and by
 * what it answers. The earliest comes first. `complete` is false when the timeline was not read far enough back or a
 * candidate could not be opened: then absence means nothing.
 */
export const findOwnPost = (site: Site, wanted: OwnPostQuery, call: Call): Promise<ListReading<SeenPost>> =>
  withPage(site.context, call, async (driver): Promise<ListReading<SeenPost>> => {
    const list = await scanList(driver, site, ownTimeline(site, new Date(wanted.notBefore.getTime() - CLOCK_SKEW_MS)))
    return list.kind === 'read' ? confirmAll(driver, site, wanted, list) : list
  }).catch((error: unknown) => unreadable(error, call))

const mentionsSince = (since: PlatformId | null): Scan => ({
  path: '/notifications/mentions',
  handle: null,
  covered: (items) => since !== null && items.some((item) => BigInt(item.platformId) <= BigInt(since)),
})

const mention = (post: ListedPost): Mention => ({
  platformId: post.platformId,
  author: post.author,
  text: post.text,
  inReplyTo: post.inReplyTo,
  createdAt: post.createdAt.toISOString(),
  url: post.url,
})

/** A text that the list cuts is read whole from its own page, so that it hashes as that page will later. */
const whole = async (driver: Driver, site: Site, posts: readonly ListedPost[]): Promise<readonly ListedPost[]> => {
  const cut = posts.filter((post) => post.cut).slice(0, MOST_WHOLE_TEXTS)
  const texts = new Map<PlatformId, string>()
  for (const post of cut) {
    const reading = await readPostWith(driver, site, post)
    if (reading.kind === 'read') texts.set(post.platformId, reading.post.text)
  }
  return posts.map((post) => ({ ...post, text: texts.get(post.platformId) ?? post.text }))
}

/** Posts of others that name or answer us, newest first, until `since` is passed. */
export const readMentions = (site: Site, since: PlatformId | null, call: Call): Promise<ListReading<Mention>> =>
  withPage(site.context, call, async (driver): Promise<ListReading<Mention>> => {
    const list = await scanList(driver, site, mentionsSince(since))
    if (list.kind !== 'read') return list
    const fresh = list.items.filter(
      (post) =>
        !sameHandle(post.author, site.identity.handle) && (since === null || BigInt(post.platformId) > BigInt(since)),
    )
    return { ...list, items: (await whole(driver, site, fresh)).map(mention) }
  }).catch((error: unknown) => unreadable(error, call))
