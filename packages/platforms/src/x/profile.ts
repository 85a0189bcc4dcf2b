import type { Call, ProfileReading } from '../platform.ts'
import { arrive, listBarrier } from './barrier.ts'
import { html, withPage } from './driver.ts'
import type { Site } from './publish.ts'
import { readLabel } from './read/profile.ts'
import { unreadable } from './reading.ts'

/** Read our own profile, for the label of an automated account. */
export const readProfile = (site: Site, call: Call): Promise<ProfileReading> =>
  withPage(site.context, call, async (driver): Promise<ProfileReading> => {
    const { handle } = site.identity
    const barrier = await arrive(driver, `${site.baseUrl}/${handle}`, ['profileName'], handle)
    if (barrier) return listBarrier(barrier)
    const label = readLabel(await html(driver), driver.page.url())
    return label ?? { kind: 'unreadable', cause: 'not_loaded', detail: 'The profile has no name block.' }
  }).catch((error: unknown) => unreadable(error, call))
