import { X_SIGN_IN } from '@surepost/platforms'
import { PermanentError } from '@surepost/shared/errors'
import type { BrowserContext } from 'playwright'

export interface SignIn {
  /** The platform's base URL. */
  readonly site: string
  /** Whose session it must be. */
  readonly handle: string
}

type StorageState = Awaited<ReturnType<BrowserContext['storageState']>>

/**
 * Show the platform's sign-in page and wait, as long as it takes, until the person has signed in.
 * @returns the session, which is secret
 * @throws PermanentError `other_account` when somebody else is signed in, `closed` when the window was closed before
 */
export const signedInSession = async (context: BrowserContext, { site, handle }: SignIn): Promise<StorageState> => {
  const closed = Promise.withResolvers<never>()
  const onClose = (): void =>
    closed.reject(new PermanentError('closed', 'The window was closed before anybody had signed in.'))
  const page = context.pages()[0] ?? (await context.newPage())
  context.once('close', onClose)
  page.once('close', onClose)
  const work = async (): Promise<StorageState> => {
    await page.goto(new URL(X_SIGN_IN.path, site).href, { waitUntil: 'domcontentloaded' })
    // However many pages the way takes: the link to the own profile is there on the first that a signed-in person sees.
    const link = page.locator(X_SIGN_IN.ownProfile).first()
    await link.waitFor({ state: 'attached', timeout: 0 })
    const href = (await link.getAttribute('href')) ?? ''
    const who = href.split('/').findLast((part) => part !== '') ?? ''
    if (who.toLowerCase() !== handle.toLowerCase())
      throw new PermanentError('other_account', `@${who} is signed in there, and not @${handle}.`)
    return context.storageState()
  }
  try {
    return await Promise.race([work().catch(closedOr(page.isClosed.bind(page), closed.promise)), closed.promise])
  } finally {
    context.off('close', onClose)
    page.off('close', onClose)
    closed.promise.catch(() => {})
  }
}

/** What a closing window breaks is told as that, however the driver puts it. */
const closedOr =
  (isClosed: () => boolean, closed: Promise<never>) =>
  (error: unknown): Promise<never> => {
    if (isClosed()) return closed
    throw error
  }
