import { newPostId } from '@surepost/shared/contracts'
import { assert, property, string } from 'fast-check'
import { expect, test } from 'vitest'
import { fromCursor, toCursor } from '../../src/decisions/cursor.ts'

test('a cursor gives back the position it was made of', () => {
  const id = newPostId()
  expect(fromCursor(toCursor(['2026-01-31T12:00:00.000Z', id]))).toEqual(['2026-01-31T12:00:00.000Z', id])
})

test('anything else is no cursor, and never an exception', () => {
  assert(property(string(), (text) => fromCursor(text) === undefined))
  const forged = Buffer.from(JSON.stringify(['now', 'or', 1])).toString('base64url')
  expect(fromCursor(forged)).toBeUndefined()
})
