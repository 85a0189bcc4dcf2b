import { readFile } from 'node:fs/promises'
import { messageOf } from '@surepost/shared/errors'
import { z } from 'zod'
import { type Console, ConsoleAwayError, ConsoleError } from '../console/client.ts'
import { Post } from '../console/posts.ts'
import { type Picture, type Segment, composed } from './compose.ts'
import type { Target } from './target.ts'

/** What is to be posted. */
export interface Wish {
  readonly account: string
  readonly texts: readonly string[]
  readonly pictures: readonly Picture[]
  readonly at: Date | undefined
  readonly replyTo: Target | undefined
  readonly review: boolean
  /** However often it is submitted under this, it is one post. */
  readonly idempotencyKey: string
}

const Stored = z.looseObject({ id: z.string() })
const Accounts = z.looseObject({ accounts: z.array(z.looseObject({ id: z.string() })) })

/** The account that is meant where none was named: the only one. @throws ConsoleError that names them */
export const theAccount = async (console: Pick<Console, 'get'>): Promise<string> => {
  const { accounts } = await console.get('v1/accounts', Accounts)
  const [first, ...rest] = accounts
  if (first !== undefined && rest.length === 0) return first.id
  throw new ConsoleError(
    first === undefined
      ? 'There is no account yet. Add one with "surepost accounts add".'
      : `Say on which account: --account ${accounts.map(({ id }) => id).join(', or --account ')}.`,
  )
}

/** Store the images and put them to their segments. @throws ConsoleError */
export const segmentsWith = async (
  console: Pick<Console, 'upload'>,
  texts: readonly string[],
  pictures: readonly Picture[],
): Promise<readonly Segment[]> => {
  const images: { id: string; alt: string; segment: number }[] = []
  // Before anything is stored: a picture of a segment that there is not.
  sayIt(() =>
    composed(
      texts,
      pictures.map(({ alt, segment }) => ({ id: '', alt, segment })),
    ),
  )
  for (const { file, alt, segment } of pictures) {
    const bytes = await readFile(file).catch((error: unknown) => {
      throw new ConsoleError(`The image cannot be read: ${messageOf(error)}.`)
    })
    const { id } = await console.upload('v1/media', new Uint8Array(bytes), Stored)
    images.push({ id, alt, segment })
  }
  return composed(texts, images)
}

const sayIt = (check: () => unknown): void => {
  try {
    check()
  } catch (error) {
    throw error instanceof RangeError ? new ConsoleError(error.message) : error
  }
}

/**
 * Submit a post.
 * @throws ConsoleError when it is refused; ConsoleAwayError, with how to repeat it, when it may or may not have been taken
 */
export const submit = async (console: Pick<Console, 'post' | 'upload'>, wish: Wish): Promise<Post> => {
  const { account, at, replyTo, review, idempotencyKey } = wish
  const body = {
    account,
    segments: await segmentsWith(console, wish.texts, wish.pictures),
    ...(at === undefined ? {} : { scheduledAt: at.toISOString() }),
    ...(replyTo === undefined ? {} : { replyTo }),
    ...(review ? { approval: 'review' } : {}),
  }
  try {
    return await console.post('v1/posts', body, Post, { 'idempotency-key': idempotencyKey })
  } catch (error) {
    if (!(error instanceof ConsoleAwayError)) throw error
    throw new ConsoleAwayError(
      `${error.message}\nRepeat the same command with --idempotency-key ${idempotencyKey}: however often, it stays one post.`,
      { cause: error },
    )
  }
}
