/** HTML that may stand in a page as it is. */
export interface Html {
  readonly html: string
}

type Value = Html | string | number | false | null | undefined | readonly Value[]

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escape = (text: string): string => text.replaceAll(/[&<>"']/gu, (character) => ESCAPES[character] ?? character)

const render = (value: Value): string => {
  if (value === false || value === null || value === undefined) return ''
  if (typeof value === 'string') return escape(value)
  if (typeof value === 'number') return String(value)
  if ('html' in value) return value.html
  return value.map(render).join('')
}

/** A template whose values are escaped unless they are `Html` themselves; `false`, `null` and `undefined` are nothing. */
export const html = (strings: TemplateStringsArray, ...values: readonly Value[]): Html => ({
  html: strings.map((string, n) => string + render(values[n])).join(''),
})

export const raw = (text: string): Html => ({ html: text })
