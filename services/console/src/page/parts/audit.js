import { h } from '../dom.js'
import { ago, counted, figure } from '../format.js'
import { tag } from './parts.js'

const OUTCOMES = {
  clean: ['good', 'Audit clean'],
  gaps: ['bad', 'Audit found gaps'],
  invalid: ['ask', 'Audit invalid'],
}

const ofPost = ({ postId, segment, platformId, recorded }) =>
  h(
    'span',
    null,
    h('a', { href: `#/posts/${postId}` }, `segment ${segment + 1} of ${postId.slice(0, 8)}`),
    ' ',
    h('span', { class: 'mono muted' }, recorded ? `${recorded} → ${platformId ?? 'not found'}` : platformId),
  )
const ofNobody = ({ url, platformId }) =>
  h('a', { href: url, target: '_blank', rel: 'noreferrer', class: 'mono' }, platformId)

/** What an audit can find: its list, what it is called, and how one of it is shown. @type {[string, string, (one: any) => any][]} */
const FOUND = [
  ['recovered', 'Live and not recorded; recorded now', ofPost],
  ['missing', 'Recorded, and gone from the platform', ofPost],
  ['wrongIds', 'Recorded with the id of another post', ofPost],
  ['duplicates', 'Live more than once', ofPost],
  ['foreign', 'On the account, and not from here', ofNobody],
]

const list = (report) =>
  FOUND.filter(([name]) => report[name].length > 0).map(([name, words, show]) =>
    h(
      'div',
      { key: name },
      h('p', { class: 'muted' }, words),
      h(
        'ul',
        null,
        report[name].map((one) => h('li', { key: one.platformId ?? one.postId }, show(one))),
      ),
    ),
  )

/** The latest audit of an account. @param {any} report */
export const auditOf = (report) => {
  const [tone, label] = OUTCOMES[report.outcome] ?? ['off', report.outcome]
  const count = FOUND.reduce((sum, [name]) => sum + report[name].length, 0)
  return h(
    'div',
    { class: 'audit small' },
    h(
      'div',
      { class: 'row' },
      tag(tone, label),
      h(
        'span',
        { class: 'muted' },
        report.reason ?? `${figure(report.seen)} seen, ${figure(report.recorded)} recorded`,
      ),
      h('time', { class: 'muted push' }, ago(report.at)),
    ),
    count > 0 && h('details', null, h('summary', null, counted(count, 'finding')), list(report)),
  )
}
