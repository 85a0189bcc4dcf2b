import { css } from './selectors.ts'

/** Where a person signs in to X by hand, and what shows that they have: a link to their own profile. */
export const X_SIGN_IN = { path: '/login', ownProfile: css('ownProfile') } as const
