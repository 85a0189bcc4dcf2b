import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Admission, OPEN, mostBackground, nextAdmission } from '../../src/leases/admission.ts'
import { availableMiBIn, cpuPercentIn, freeOfGroupMiB, readLoad } from '../../src/leases/load.ts'

const limits = { cpuPercent: { narrow: 90, widen: 70 }, memoryFreeMiB: { stop: 500, resume: 1_000 } }
/** What is admitted after each reading. */
const after = (readings: readonly (readonly [number | null, number | null])[]): number[] => {
  let admission: Admission = OPEN
  return readings.map(([cpuPercent, memoryFreeMiB]) => {
    admission = nextAdmission(admission, { cpuPercent, memoryFreeMiB }, limits)
    return mostBackground(admission)
  })
}

test('busy processors make background work go one at a time until they are well below the bound again', () => {
  const readings = [89, 90, 80, 70, 69, 80].map((cpu) => [cpu, 5_000] as const)
  expect(after(readings)).toEqual([Infinity, 1, 1, 1, Infinity, Infinity])
})

test('short memory stops background work until there is well more again', () => {
  const readings = [500, 499, 800, 999, 1_000, 600].map((free) => [0, free] as const)
  expect(after(readings)).toEqual([Infinity, 0, 0, 0, Infinity, Infinity])
})

test('what the machine does not say holds nothing back', () => {
  expect(after([[null, null]])).toEqual([Infinity])
})

test('readings between the two bounds never change anything', () => {
  const between = fc.record({
    cpuPercent: fc.double({ min: 70, max: 89.9, noNaN: true }),
    memoryFreeMiB: fc.integer({ min: 500, max: 999 }),
  })
  const any = fc.constantFrom<Admission>(
    OPEN,
    { cpu: 'narrow', memory: 'free' },
    { cpu: 'wide', memory: 'short' },
    { cpu: 'narrow', memory: 'short' },
  )
  const unchanged = fc.property(any, between, (before, load) => {
    expect(nextAdmission(before, load, limits)).toEqual(before)
  })
  fc.assert(unchanged)
})

test('the load is read as the kernel writes it', async () => {
  expect(cpuPercentIn('some avg10=95.75 avg60=95.32 avg300=88.75 total=1571\nfull avg10=1.00 avg60=0')).toBe(95.75)
  expect(cpuPercentIn('')).toBeNull()
  expect(availableMiBIn('MemTotal:       24 kB\nMemAvailable:    2048 kB\n')).toBe(2)
  expect(freeOfGroupMiB('max\n', '1048576\n', '')).toBeNull()
  expect(freeOfGroupMiB('10485760\n', '9437184\n', 'anon 1\ninactive_file 1048576\nactive_file 3')).toBe(2)
  const { memoryFreeMiB } = await readLoad()
  expect(memoryFreeMiB).toBeGreaterThan(0)
})
