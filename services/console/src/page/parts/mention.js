import { h } from '../dom.js'
import { ago } from '../format.js'
import { icon } from '../icons.js'

/** What a post of ours answers, under the conversation above it. */
export const mentionCard = (mention) =>
  h(
    'blockquote',
    { class: 'mention' },
    mention.conversation.length > 0 &&
      h(
        'details',
        null,
        h('summary', { class: 'small muted' }, `The conversation above it (${mention.conversation.length})`),
        h(
          'ol',
          { class: 'turns small' },
          mention.conversation.map(({ platformId, author, text }) =>
            h('li', { key: platformId }, h('b', null, `@${author}`), ' ', text),
          ),
        ),
      ),
    h(
      'div',
      { class: 'row small' },
      icon('reply'),
      h('b', null, `@${mention.author}`),
      mention.createdAt && h('span', { class: 'muted' }, ago(mention.createdAt)),
      mention.url &&
        h(
          'a',
          {
            href: mention.url,
            target: '_blank',
            rel: 'noreferrer',
            class: 'row push',
            'aria-label': 'Open the mention',
          },
          'Open',
          icon('link'),
        ),
    ),
    h('p', null, mention.text),
  )
