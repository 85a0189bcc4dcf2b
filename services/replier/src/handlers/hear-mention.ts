import { MentionHarvested, type PlatformName } from '@surepost/shared/contracts'
import { done, handle, type Bus } from '@surepost/shared/messaging'
import { isOptOut } from '../rules/opt-out.ts'
import { sayOptedOut } from './say.ts'

/** The one network there is: a mention does not say which it is of. */
const PLATFORM: PlatformName = 'x'

/**
 * Hear every mention as it is harvested, for the wish to be left alone: it is honoured at once, with no database and no
 * turn to wait for, and before anything that the same person wrote earlier is answered.
 */
export const hearMention = ({ bus }: { readonly bus: Pick<Bus, 'emit'> }) =>
  handle(MentionHarvested, async ({ body: { account, mention } }) => {
    if (isOptOut(mention.text)) await sayOptedOut(bus, { account, platform: PLATFORM, mention })
    return done
  })
