import type { Faults } from './faults/faults.ts'
import type { Attachment } from './world/model.ts'
import type { World } from './world/world.ts'

/** What every part of the site works with. */
export interface Site {
  readonly world: World
  readonly faults: Faults
  /** Uploaded images that no post has yet, by id. */
  readonly uploads: Map<string, Attachment>
  /** The same text of one account within this time is a duplicate. */
  readonly duplicateWindowMs: number
  readonly publicUrl: string | undefined
  readonly adminKey: string | undefined
}
