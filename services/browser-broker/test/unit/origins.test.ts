import { expect, test } from 'vitest'
import { originOf, originsFor, tunnelTo } from '../../src/egress/origins.ts'

const x = originsFor('https://x.com', [])
const playground = originsFor('http://playground:8090/', ['https://more.example'])

test('a platform that is not X has its own origin and those that were added, and none of X', () => {
  expect([...playground]).toEqual(['http://playground:8090', 'https://more.example'])
  expect(x).toContain('https://pbs.twimg.com')
})

test.each([
  ['x.com:443', true],
  ['X.COM:443', true],
  ['x.com:80', false],
  ['x.com:8443', false],
  ['evil.x.com:443', false],
  ['x.com.evil.example:443', false],
  ['x.com@127.0.0.1:443', false],
  [String.raw`x.com:443\@127.0.0.1:443`, false],
  ['127.0.0.1:443', false],
  ['[::1]:443', false],
  ['169.254.169.254:80', false],
  ['x.com:443/../', false],
  ['', false],
  [':443', false],
])('a tunnel to %s: %s', (authority, allowed) => {
  expect(tunnelTo(x, authority)).toEqual(allowed ? { host: authority.slice(0, -4), port: 443 } : undefined)
})

test('a WebSocket of a plain site is a tunnel to its very port', () => {
  expect(tunnelTo(playground, 'playground:8090')).toEqual({ host: 'playground', port: 8090 })
  expect(tunnelTo(playground, 'playground:80')).toBeUndefined()
})

test.each([
  'file:///etc/passwd',
  'https://x.com/path',
  'https://u:p@x.com',
  'https://x.com?q',
  'x.com',
  'ws://x.com',
  '',
])('%s is no origin', (text) => expect(originOf(text)).toBeUndefined())
