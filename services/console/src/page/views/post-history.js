import { h } from '../dom.js'
import { duration, moment } from '../format.js'
import { sayFact } from '../words.js'

const factItem = (start) => (fact, n) => {
  const [tone, sentence] = sayFact(fact.type, fact.body)
  const reason = fact.body?.reason ?? fact.body?.suspect
  return h(
    'li',
    { key: fact.id + fact.at, 'data-tone': tone },
    h(
      'div',
      null,
      h('span', null, sentence),
      reason && h('p', { class: 'muted small' }, reason),
      h(
        'details',
        { class: 'fact' },
        h('summary', { class: 'mono muted type' }, fact.type),
        h('pre', { class: 'code', tabindex: '0' }, JSON.stringify(fact.body, null, 2)),
      ),
    ),
    h(
      'time',
      { class: 'muted small figures', datetime: fact.at, title: fact.at },
      n === 0 ? moment(fact.at) : `+${duration(Date.parse(fact.at) - Date.parse(start))}`,
    ),
  )
}

/** Every fact of a post, oldest first; each opens to all that it says. @param {any[] | null} facts */
export const history = (facts) => {
  if (facts === null) return h('p', { class: 'muted small' }, 'The journal cannot be read at the moment.')
  if (facts.length === 0) return h('p', { class: 'muted small' }, 'Nothing is recorded yet.')
  return h('ol', { class: 'history' }, facts.map(factItem(facts[0].at)))
}
