import { PermanentError, ThrottledError, TransientError, UnavailableError } from '@surepost/shared/errors'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { Problem, invalidBy, problemBody, problemOf } from '../../src/http/problems.ts'

const now = new Date('2026-01-01T00:00:00.000Z')

test('a problem has type, title, status and detail, and its errors by path', () => {
  const { error } = z.object({ a: z.array(z.string()) }).safeParse({ a: ['x', 1] })
  if (error === undefined) throw new Error('the schema should refuse this')
  expect(problemBody(invalidBy(error))).toEqual({
    type: 'urn:surepost:problem:invalid',
    title: 'The request is not valid',
    status: 422,
    detail: expect.stringContaining('a.1: '),
    errors: [{ path: 'a.1', message: expect.any(String) }],
  })
})

test('members of its own do not displace those of RFC 9457', () => {
  const problem = new Problem('conflict', 'no', { extra: { id: '1' } })
  expect(problemBody(problem)).toMatchObject({ id: '1', status: 409, detail: 'no' })
})

test('what is away is 503 with the time to wait', () => {
  const away = problemOf(new UnavailableError('database', 'The database does not answer.'), now)
  expect([away.status, away.options.retryAfter]).toEqual([503, 5])
  const throttled = problemOf(new ThrottledError('later', new Date(now.getTime() + 61_500)), now)
  expect([throttled.status, throttled.options.retryAfter]).toEqual([503, 62])
})

test('body-parser and media errors have their own kinds', () => {
  expect(problemOf({ type: 'entity.parse.failed' }, now).kind).toBe('not-json')
  expect(problemOf({ type: 'entity.too.large' }, now).status).toBe(413)
  expect(problemOf(new PermanentError('media_type', 'no image'), now).status).toBe(415)
  expect(problemOf(new PermanentError('media_size', 'too big'), now).status).toBe(413)
  expect(problemOf(new PermanentError('media_missing', 'gone'), now).status).toBe(404)
})

test('an unexpected error is 500 and its words stay in the log', () => {
  for (const error of [new Error('secret at /etc'), new TransientError('secret'), 'secret', undefined]) {
    const problem = problemOf(error, now)
    expect(problem.status).toBe(500)
    expect(problem.message).not.toContain('secret')
  }
})
