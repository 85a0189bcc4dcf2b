import { describe, upload } from './api.js'
import { toast } from './toast.js'

const MOST = 4
const attached = new WeakMap()

/** The images of one part: `{ id, alt }`, the id only once the upload is done. */
export const attachmentsOf = (part) => attached.get(part.querySelector('.attachments')) ?? []

const draw = (holder, items, changed) => {
  holder.hidden = items.length === 0
  holder.dataset.n = items.length
  holder.replaceChildren(...items.map((item) => tile(holder, items, item, changed)))
  if (items.length > 0) holder.append(altLink(items, changed, () => draw(holder, items, changed)))
}

const tile = (holder, items, item, changed) => {
  const box = document.createElement('div')
  box.className = 'tile'
  box.setAttribute('role', 'group')
  box.innerHTML = `<img alt=""><button type="button" class="tile-close" aria-label="Remove media">×</button>${item.id ? '' : '<div class="spinner" role="progressbar" aria-label="Uploading"></div>'}`
  box.querySelector('img').src = item.preview
  box.querySelector('button').addEventListener('click', () => {
    items.splice(items.indexOf(item), 1)
    URL.revokeObjectURL(item.preview)
    draw(holder, items, changed)
    changed()
  })
  return box
}

const altLink = (items, changed, redraw) => {
  const link = document.createElement('a')
  link.href = '/compose/post/media'
  link.setAttribute('role', 'link')
  link.className = 'alt-link'
  const described = items.filter(({ alt }) => alt).length
  link.textContent =
    described === 0
      ? 'Add description'
      : described === items.length
        ? 'Edit descriptions'
        : `${described} of ${items.length} described`
  link.addEventListener('click', (event) => {
    event.preventDefault()
    openDescriptions(items, () => {
      redraw()
      changed()
    })
  })
  return link
}

/** One image after another, each with its description. */
const openDescriptions = (items, done) => {
  const layers = document.querySelector('#layers')
  const dialog = document.createElement('div')
  dialog.className = 'dialog alt-dialog'
  dialog.setAttribute('role', 'dialog')
  dialog.setAttribute('aria-modal', 'true')
  dialog.setAttribute('aria-label', 'Image descriptions')
  let at = 0
  const show = () => {
    const last = at === items.length - 1
    dialog.innerHTML = `<div class="dialog-head"><b>Description ${items.length > 1 ? `${at + 1} of ${items.length}` : ''}</b><button type="button" class="submit" data-testid="${last ? 'endEditingButton' : 'nextMedia'}">${last ? 'Save' : 'Next'}</button></div><img alt=""><textarea data-testid="altTextInput" maxlength="1000" rows="4" placeholder="What is in this image?"></textarea>`
    dialog.querySelector('img').src = items[at].preview
    dialog.querySelector('textarea').value = items[at].alt
    dialog.querySelector('textarea').focus()
    dialog.querySelector('button').addEventListener('click', () => {
      items[at].alt = dialog.querySelector('textarea').value
      at += 1
      if (last) void keep()
      else show()
    })
  }
  const keep = async () => {
    try {
      await Promise.all(items.filter(({ alt, id }) => alt && id).map(({ id, alt }) => describe(id, alt)))
      dialog.remove()
      done()
    } catch (error) {
      toast(error.message)
    }
  }
  layers.append(dialog)
  show()
}

const add = async (holder, items, file, changed) => {
  if (items.length >= MOST) return toast('Please choose up to 4 images.')
  const item = { id: undefined, alt: '', preview: URL.createObjectURL(file) }
  items.push(item)
  draw(holder, items, changed)
  changed()
  try {
    item.id = await upload(file)
  } catch (error) {
    items.splice(items.indexOf(item), 1)
    toast(error.message)
  }
  draw(holder, items, changed)
  changed()
}

/** Images chosen go to the part that was written in last. */
export const startAttachments = (composer, changed) => {
  const input = composer.querySelector('[data-testid=fileInput]')
  let current = composer.querySelector('.part')
  composer.addEventListener('focusin', (event) => {
    current = event.target.closest('.part') ?? current
  })
  input.addEventListener('change', () => {
    const holder = (current.isConnected ? current : composer.querySelector('.part')).querySelector('.attachments')
    const items = attached.get(holder) ?? []
    attached.set(holder, items)
    for (const file of input.files) void add(holder, items, file, changed)
    input.value = ''
  })
}
