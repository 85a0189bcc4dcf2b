import { h } from '../dom.js'
import { icon } from '../icons.js'
import { IN_BAR, PLACES } from '../places.js'

export const load = async () => {}

/** What a phone's bar has no room for. */
export const view = () => [
  h('header', null, h('h1', null, 'More')),
  h(
    'ul',
    { class: 'card rows' },
    PLACES.filter(({ id }) => !IN_BAR.has(id)).map(({ id, label }) =>
      h('li', { key: id }, h('a', { class: 'post-row place-row', href: `#/${id}`, 'data-row': true }, icon(id), label)),
    ),
  ),
]
