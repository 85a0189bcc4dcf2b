import { afterAll, beforeAll, describe } from 'vitest'
import type { Bench } from '../conformance/bench.ts'
import { publishing } from '../conformance/publishing.ts'
import { reading } from '../conformance/reading.ts'
import { xBench } from './x-bench.ts'

describe('the X web adapter, like every adapter', () => {
  let bench: Bench
  beforeAll(async () => {
    bench = await xBench()
  })
  afterAll(() => bench[Symbol.asyncDispose]())

  publishing(() => bench)
  reading(() => bench)
})
