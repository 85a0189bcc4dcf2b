import { describe, expect, it } from 'vitest'
import { readLabel } from '../../src/x/read/profile.ts'

const signedIn = '<a data-testid="AppTabBar_Profile_Link" href="/ada"></a>'
const profile = (label: string, name = 'Ada'): string =>
  `<!doctype html><body>${signedIn}<main><div data-testid="UserName"><b>${name}</b><span>@ada</span>${label}</div>
   <p data-testid="UserDescription">Built by <a href="/carol">@carol</a></p></main></body>`
const labelled = (words: string): string => `<div><svg></svg><span>${words} <a href="/Eve_x">@Eve_x</a></span></div>`

describe('the label of an automated account', () => {
  it.each(['Automated by', 'Automatisiert von', 'Automatizado por', 'Automatisé par', 'による自動投稿'])(
    'names its human after “%s”',
    (words) => {
      expect(readLabel(profile(labelled(words)))).toEqual({ kind: 'read', automatedBy: 'Eve_x' })
    },
  )
  it('is missing where the profile has none, whatever its name and its description say', () => {
    expect(readLabel(profile(''))).toEqual({ kind: 'read', automatedBy: null })
    expect(readLabel(profile('', 'Automated by @eve'))).toEqual({ kind: 'read', automatedBy: null })
  })
  it('is not understood in words that are not known, which is no evidence that it is missing', () => {
    expect(readLabel(profile(labelled('Friend of')))).toMatchObject({ kind: 'unreadable', cause: 'unknown_page' })
  })
  it('cannot be read from a page without a profile, or behind a sign-in', () => {
    expect(readLabel(`<body>${signedIn}<main></main></body>`)).toBeUndefined()
    expect(readLabel('<body><a data-testid="loginButton" href="/login">Log in</a></body>')).toMatchObject({
      kind: 'session',
      trouble: 'signed_out',
    })
  })
})
