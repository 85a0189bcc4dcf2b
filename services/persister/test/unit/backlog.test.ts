import { beforeEach, describe, expect, it } from 'vitest'
import { type Backlog, createBacklog } from '../../src/handlers/backlog.ts'

let time = 0
let backlog: Backlog

describe('whether facts wait to be applied', () => {
  beforeEach(() => {
    time = 0
    backlog = createBacklog({ full: 10, now: () => time })
    time = 60_000
  })

  it('is not known just after the start', () => {
    time = 1_000
    expect(backlog.behind()).toContain('just started')
  })

  it('is denied after batches that were not full', () => {
    backlog.taken(9)()
    expect(backlog.behind()).toBeUndefined()
  })

  it('is assumed for a while after a full batch', () => {
    backlog.taken(10)()
    expect(backlog.behind()).toContain('waiting to be applied')
    time += 5_001
    expect(backlog.behind()).toBeUndefined()
  })

  it('is known while a batch is held, and not after', () => {
    const release = backlog.taken(1)
    time += 2_001
    expect(backlog.behind()).toContain('until the database is back')
    release()
    expect(backlog.behind()).toBeUndefined()
  })
})
