import { call } from '../api.js'
import { h } from '../dom.js'
import { store, update } from '../store.js'

const submit = async (event) => {
  event.preventDefault()
  const input = event.currentTarget.querySelector('input')
  try {
    await call('POST', '/session', { json: { apiKey: input.value } })
    input.value = ''
    update({ signedIn: true, signInError: null })
  } catch (error) {
    update({ signInError: error.message })
    input.select()
  }
}

export const signIn = () =>
  h(
    'main',
    { class: 'sign-in', key: 'sign-in', id: 'view', tabindex: '-1' },
    h(
      'form',
      { class: 'card', onsubmit: submit, 'aria-label': 'Sign in' },
      h('img', { src: '/icon.svg', alt: '', width: 52, height: 52 }),
      h('h1', null, 'Surepost'),
      h('p', { class: 'muted' }, 'Published once, recorded always, measured without gaps.'),
      h(
        'label',
        { class: 'field' },
        h('span', null, 'API key'),
        h('input', {
          class: 'input mono',
          type: 'password',
          name: 'apiKey',
          required: true,
          autofocus: true,
          autocomplete: 'current-password',
          'aria-describedby': 'sign-in-error',
        }),
      ),
      h('p', { id: 'sign-in-error', class: 'error small', role: 'alert' }, store.signInError ?? ''),
      h('button', { class: 'button primary', type: 'submit' }, 'Sign in'),
    ),
  )
