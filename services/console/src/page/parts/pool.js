import { h } from '../dom.js'
import { duration } from '../format.js'

const CLASSES = ['act', 'interactive', 'background']

/** One square per browser slot of each shard, filled while it is leased. @param {any[] | null} pool */
export const slots = (pool) => {
  if (pool === null) return h('p', { class: 'muted small' }, 'The browser pool is not known at the moment.')
  if (pool.length === 0) return h('p', { class: 'muted small' }, 'No browser-broker answers.')
  return h(
    'div',
    { class: 'pool' },
    pool.map((shard) =>
      h(
        'div',
        { key: shard.shard, class: 'shard' },
        pool.length > 1 && h('b', { class: 'small' }, `Shard ${shard.shard}`),
        h(
          'div',
          { class: 'slots', role: 'img', 'aria-label': `${shard.active} of ${shard.slots} browsers in use` },
          Array.from({ length: shard.slots }, (_, n) => h('i', { key: n, 'data-used': n < shard.active })),
        ),
        h('span', { class: 'small' }, `${shard.active} of ${shard.slots} in use`),
        h(
          'span',
          { class: 'muted small figures' },
          CLASSES.filter((name) => shard.waiting[name] > 0)
            .map((name) => `${shard.waiting[name]} ${name}`)
            .join(', ')
            .replace(/^(?=.)/, 'waiting: ') || 'nobody waits',
          shard.oldestWaitMs > 0 && `, the oldest for ${duration(shard.oldestWaitMs)}`,
        ),
      ),
    ),
  )
}
