import { h } from './dom.js'
import { ago } from './format.js'
import { icon } from './icons.js'
import { store } from './store.js'

/** A stream that is lost for longer is more than a blip. */
const BLIP_MS = 2_500

const CONSOLE = 'The console itself does not answer. This page tries again by itself and shows what it knew last.'

/** @type {Record<string, string>} what goes on all the same */
const MEANWHILE = {
  database: 'Posts still go live; what happened is kept and recorded when it is back. Lists cannot be read meanwhile.',
  RabbitMQ: 'Nothing new is accepted; nothing is lost.',
  poster: 'Posts wait.',
  persister: 'Facts wait in their queue.',
  scraper: 'Readings wait.',
  replier: 'Mentions wait for their decision.',
}

/** What is away, worst first. @returns {{ name: string, since: string, detail: string }[]} */
export const away = () => {
  const isSilent = store.silentSince !== null && Date.now() - Date.parse(store.silentSince) > BLIP_MS
  if (isSilent) return [{ name: 'console', since: store.silentSince ?? '', detail: CONSOLE }]
  return (store.dependencies ?? []).filter(({ up }) => !up)
}

/** The banner over every view, while something is away. */
export const healthBanner = () => {
  const all = away()
  if (all.length === 0) return null
  return h(
    'div',
    { class: 'banner', key: 'banner', 'data-tone': 'bad', role: 'alert' },
    icon('warn'),
    h(
      'ul',
      null,
      all.map(({ name, since, detail }) =>
        h(
          'li',
          { key: name },
          h('b', null, `${name === 'RabbitMQ' ? '' : 'The '}${name} is away`),
          h('span', { class: 'small' }, ` since ${ago(since)}. `.replace('since now', 'since a moment ago')),
          h('span', { class: 'small' }, detail, ' ', MEANWHILE[name]),
        ),
      ),
    ),
  )
}
