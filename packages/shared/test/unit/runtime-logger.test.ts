import { createLogger } from '@surepost/shared/runtime'
import { expect, test } from 'vitest'

const logged = (...args: readonly [object, string]): string => {
  let line = ''
  createLogger('poster', 'info', { write: (text) => void (line += text) }).info(...args)
  return line
}

test('a log line is JSON with the service, an ISO time and the fields', () => {
  const line: unknown = JSON.parse(logged({ id: 'm1' }, 'taken'))
  expect(line).toMatchObject({ name: 'poster', id: 'm1', msg: 'taken', time: expect.stringMatching(/^\d{4}-.*Z$/) })
})

test.each(['authorization', 'token', 'key', 'session', 'storageState', 'password', 'text'])(
  'the field %s is hidden at every level that is logged',
  (name) => {
    const line = logged({ [name]: 'hunter2', a: { [name]: 'hunter2', b: { [name]: { c: 'hunter2' } } } }, 'taken')
    expect(line).not.toContain('hunter2')
    expect(line).toContain('[hidden]')
  },
)
