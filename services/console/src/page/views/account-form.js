import { put } from '../api.js'
import { h } from '../dom.js'
import { field, toast } from '../parts/parts.js'

const save =
  (was, { close, saved }) =>
  async (event) => {
    event.preventDefault()
    const form = event.currentTarget
    const value = (name) => form.elements[name].value
    const limits = (kind) => ({
      perHour: Number(value(`${kind}PerHour`)),
      perDay: Number(value(`${kind}PerDay`)),
      minGapSeconds: Number(value(`${kind}Gap`)),
    })
    try {
      const replies = {
        harvestEverySeconds: 300,
        ...was?.replies,
        enabled: form.elements.answers.checked,
        approval: value('approval'),
        voice: value('voice'),
      }
      const checks = value('checks')
        .split(/[\s,]+/)
        .filter(Boolean)
        .map(Number)
      const answer = await put(`/v1/accounts/${value('id')}`, {
        platform: 'x',
        handle: value('handle').replace(/^@/, ''),
        budgets: { post: limits('post'), reply: limits('reply') },
        checks,
        replies,
      })
      toast('Saved by its broker.')
      for (const notice of answer.notices ?? []) toast(notice)
      close()
      await saved()
    } catch (error) {
      toast(error.message, 'bad')
    }
  }

const number = (name, label, value) =>
  field(label, h('input', { class: 'input', type: 'number', min: 0, name, required: true, value }))

const limitFields = (kind, label, { perHour, perDay, minGapSeconds }) =>
  h(
    'fieldset',
    null,
    h('legend', { class: 'small' }, label),
    h(
      'div',
      { class: 'three' },
      number(`${kind}PerHour`, 'an hour', perHour),
      number(`${kind}PerDay`, 'a day', perDay),
      number(`${kind}Gap`, 'seconds apart', minGapSeconds),
    ),
  )

const CHECKS = '900, 3600, 21600, 86400, 259200, 604800, 2592000'

/**
 * Adds an account, or changes the one that is given.
 * @param {any} account empty for a new one
 * @param {{ close: () => void, saved: () => Promise<void> }} then
 */
export const accountForm = ({ id, handle, config }, then) =>
  h(
    'form',
    { key: `edit-${id ?? ''}`, class: 'card account-form', onsubmit: save(config, then) },
    h('h2', null, id ? `@${handle}` : 'Add an account'),
    h(
      'div',
      { class: 'two' },
      field(
        'Name here',
        h('input', {
          class: 'input mono',
          name: 'id',
          required: true,
          pattern: '[a-z0-9][a-z0-9\\-]{0,62}',
          title: 'Lower-case letters, digits and dashes',
          readonly: Boolean(id),
          value: id ?? '',
        }),
      ),
      field('Handle on X', h('input', { class: 'input', name: 'handle', required: true, value: handle ?? '' })),
    ),
    limitFields('post', 'Posts', config?.budgets.post ?? { perHour: 10, perDay: 50, minGapSeconds: 60 }),
    limitFields('reply', 'Replies', config?.budgets.reply ?? { perHour: 10, perDay: 40, minGapSeconds: 60 }),
    field(
      'Measured after (seconds)',
      h('input', { class: 'input mono', name: 'checks', required: true, value: config?.checks.join(', ') ?? CHECKS }),
    ),
    h(
      'label',
      { class: 'row check' },
      h('input', { type: 'checkbox', name: 'answers', checked: config?.replies.enabled ?? false }),
      'Answer mentions',
    ),
    field(
      'Answers are',
      h(
        'select',
        { class: 'input', name: 'approval', value: config?.replies.approval ?? 'review' },
        h('option', { value: 'review' }, 'approved by a person'),
        h('option', { value: 'auto' }, 'sent at once'),
      ),
    ),
    field(
      'Voice',
      h('textarea', { class: 'input', name: 'voice', rows: 3, maxlength: 2_000, value: config?.replies.voice ?? '' }),
    ),
    h(
      'div',
      { class: 'row' },
      h('button', { class: 'button primary', type: 'submit' }, 'Save'),
      h('button', { class: 'button', type: 'button', onclick: then.close }, 'Close'),
    ),
  )
