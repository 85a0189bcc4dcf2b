import { z } from 'zod'
import { AccountId, PostId } from '@surepost/shared/contracts'

// What the API answers. Requests are declared beside the operation that takes them.
export * from './shapes/figures.ts'
export * from './shapes/findings.ts'
export * from './shapes/posts.ts'
export * from './shapes/running.ts'

export const PostParams = z.object({ id: PostId })
export const AccountParams = z.object({ id: AccountId })
