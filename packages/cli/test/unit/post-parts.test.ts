import { expect, test } from 'vitest'
import { composed, segmentsOf } from '../../src/post/compose.ts'
import { targetOption } from '../../src/post/target.ts'
import { statusOf, stepOf } from '../../src/post/wait.ts'
import { atOption } from '../../src/post/when.ts'

const NOW = new Date('2026-11-25T12:00:00Z')

test.each([
  ['one', ['one']],
  ['one\n---\ntwo\n\n  ---  \n\nthree\n', ['one', 'two', 'three']],
  ['one\r\n---\r\ntwo', ['one', 'two']],
  ['a --- b\n----\n- --', ['a --- b\n----\n- --']],
])('the text %j is the thread %j', (text, segments) => {
  expect(segmentsOf(text)).toEqual(segments)
})

test('images go to the segments that they were said of, in their order', () => {
  const images = [
    { id: 'a', alt: 'first', segment: 2 },
    { id: 'b', alt: '', segment: 2 },
  ]
  expect(composed(['one', 'two'], images)).toEqual([
    { text: 'one', media: [] },
    {
      text: 'two',
      media: [
        { id: 'a', alt: 'first' },
        { id: 'b', alt: '' },
      ],
    },
  ])
  expect(() => composed(['one'], images)).toThrow('--on 2: the post has 1 segment.')
})

test('a time is a span from now, an instant, or a time of this machine', () => {
  expect(atOption('+90m', NOW)).toEqual(new Date('2026-11-25T13:30:00Z'))
  expect(atOption('2026-12-01T09:00:00+02:00', NOW)).toEqual(new Date('2026-12-01T07:00:00Z'))
  expect(atOption('2026-12-01 09:00', NOW)).toEqual(new Date(2026, 11, 1, 9))
  for (const text of ['tomorrow', '90m', '2026-12-01', '2026-12-01 25:00']) expect(() => atOption(text, NOW)).toThrow()
})

test('what is answered is named by its id or its link', () => {
  expect(targetOption('1860')).toEqual({ platformId: '1860' })
  expect(targetOption('https://x.com/ada_builds/status/1860?s=20')).toEqual({
    platformId: '1860',
    author: 'ada_builds',
  })
  expect(targetOption('https://x.com/i/status/1860')).toEqual({ platformId: '1860' })
  expect(() => targetOption('https://x.com/ada_builds')).toThrow()
})

test.each([
  ['live', 0],
  ['failed', 1],
  ['missed', 1],
  ['cancelled', 1],
  ['needs_attention', 1],
  ['queued', 3],
  ['unknown', 3],
  ['review', 3],
])('a post that is %s stands for the exit status %i', (state, status) => {
  expect(statusOf(state)).toBe(status)
})

test('progress counts the segments of a thread', () => {
  const segment = (state: string) => ({ state }) as never
  const post = { state: 'publishing', scheduledAt: null, segments: [segment('live'), segment('publishing')] }
  expect(stepOf(post)).toBe('publishing (1 of 2 live)')
})
