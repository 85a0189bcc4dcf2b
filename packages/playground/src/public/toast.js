let timer

/** Say something at the bottom of the page for a while. */
export const toast = (text, link) => {
  document.querySelector('.toast')?.remove()
  const box = document.createElement('div')
  box.className = 'toast'
  box.dataset.testid = 'toast'
  box.setAttribute('role', 'alert')
  box.append(text)
  if (link) {
    const a = document.createElement('a')
    a.href = link
    a.textContent = 'View'
    box.append(a)
  }
  document.querySelector('#layers').append(box)
  clearTimeout(timer)
  timer = setTimeout(() => box.remove(), 6000)
}
