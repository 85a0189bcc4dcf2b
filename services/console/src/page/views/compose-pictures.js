import { h } from '../dom.js'
import { icon } from '../icons.js'
import { addImages, changeSegment } from './draft.js'

/** An image of a segment with its alt text. */
export const picture = (segment, { id, alt }, n) =>
  h(
    'figure',
    { key: `${id}-${n}`, class: 'picture' },
    h('img', { src: `/v1/media/${id}`, alt: alt || 'The image, without alt text yet' }),
    h('input', {
      class: 'input small',
      'aria-label': 'Alt text',
      placeholder: 'Describe it for those who cannot see it',
      maxlength: 1_000,
      value: alt,
      oninput: (e) =>
        changeSegment(segment.key, {
          media: segment.media.map((m, i) => (i === n ? { ...m, alt: e.currentTarget.value } : m)),
        }),
    }),
    h(
      'button',
      {
        class: 'button quiet',
        type: 'button',
        'aria-label': 'Remove the image',
        onclick: () => changeSegment(segment.key, { media: segment.media.filter((_, i) => i !== n) }),
      },
      icon('close'),
    ),
  )

export const addPicture = (segment) =>
  h(
    'label',
    { class: 'button quiet', title: 'Add an image' },
    icon('image'),
    h('span', { class: 'sr' }, 'Add an image'),
    h('input', {
      class: 'sr',
      type: 'file',
      accept: 'image/png,image/jpeg,image/gif,image/webp',
      multiple: true,
      onchange: (e) => {
        const files = [...e.currentTarget.files]
        e.currentTarget.value = ''
        void addImages(segment.key, files)
      },
    }),
  )
