import { describe, expect, it } from 'vitest'
import { readTimeline } from '../../src/index.ts'
import { fixture } from './fixture.ts'

const idsOf = (html: string, wanted = {}): readonly string[] => {
  const reading = readTimeline(html, wanted)
  return reading.kind === 'read' ? reading.items.map((item) => item.platformId) : []
}

const OWN = [
  '1900000000000000001',
  '1990000000000000009',
  '1990000000000000002',
  '1990000000000000000',
  '1980000000000000000',
]

describe('reading a timeline', () => {
  it('lists the own posts of a profile: no parents, reposts, promoted or quoted ones', () => {
    expect(idsOf(fixture('with-replies'))).toEqual(OWN)
  })

  it('marks the pinned post, which stands outside the order', () => {
    const reading = readTimeline(fixture('with-replies'))
    expect(
      reading.kind === 'read' && reading.items.filter((item) => item.pinned).map((item) => item.platformId),
    ).toEqual(['1900000000000000001'])
  })

  it('keeps the figures of each post with it', () => {
    const reading = readTimeline(fixture('with-replies'))
    const likes = reading.kind === 'read' ? reading.items.map((item) => item.metrics.likes) : []
    expect(likes).toEqual([900, 2, 3, 4, 5])
  })

  it('says that a text is cut', () => {
    const reading = readTimeline(fixture('with-replies'))
    const last = reading.kind === 'read' ? reading.items.at(-1) : undefined
    expect(last?.cut).toBe(true)
    expect(last?.text.endsWith('goes on…')).toBe(true)
  })

  it('lists a named account whatever the page is', () => {
    expect(idsOf(fixture('with-replies'), { handle: '@Somebody' })).toEqual(['1990000000000000001'])
  })

  it('lists everybody on a page that is nobody’s, but for promoted entries', () => {
    expect(idsOf(fixture('conversation'))).toEqual([
      '1990000000000000001',
      '1990000000000000002',
      '1990000000000000003',
    ])
  })

  it('leaves reposted and promoted entries out even of a list of everybody’s posts', () => {
    expect(idsOf(fixture('with-replies'), { handle: null })).toEqual([
      '1900000000000000001',
      '1990000000000000009',
      '1990000000000000001',
      '1990000000000000002',
      '1990000000000000000',
      '1980000000000000000',
    ])
  })

  it('knows an advertisement by its label alone', () => {
    const html = fixture('with-replies')
      .replace(/data-testid="socialContext">(<span[^>]*>Promoted by)/u, '>$1')
      .replace('Promoted by Brand Shop', 'Ad')
    expect(html).not.toContain('Promoted')
    expect(idsOf(html, { handle: 'BrandShop' })).toEqual([])
    expect(idsOf(html.replaceAll('>Ad<', '>Adrift<'), { handle: 'BrandShop' })).toEqual(['1980000000000000123'])
  })

  it.each([
    ['signed-out', { kind: 'session', trouble: 'signed_out' }],
    ['consent', { kind: 'session', trouble: 'consent' }],
    ['challenge', { kind: 'session', trouble: 'challenge' }],
    ['went-wrong', { kind: 'unreadable', cause: 'went_wrong' }],
    ['no-such-page', { kind: 'unreadable', cause: 'no_such_page' }],
    ['empty', { kind: 'unreadable', cause: 'not_loaded' }],
  ])('%s is no empty list', (name, expected) => {
    expect(readTimeline(fixture(name))).toMatchObject(expected)
  })

  it('is no reading when a visitor is shown posts', () => {
    const html = fixture('with-replies').replace(
      /<header.*?<\/header>/su,
      '<a href="/login" data-testid="loginButton">Log in</a>',
    )
    expect(readTimeline(html)).toMatchObject({ kind: 'session', trouble: 'signed_out' })
  })
})
