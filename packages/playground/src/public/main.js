import { startComposers } from './composer.js'
import { startLists } from './list.js'
import { startPosts } from './posts.js'

// X shows a post under its author's name, whatever address it was opened by.
const canonical = () => {
  const focal = document.querySelector('article.focal')
  if (focal && location.pathname.startsWith('/i/'))
    history.replaceState(null, '', `/${focal.dataset.handle}/status/${focal.dataset.id}`)
}

const back = (event) => {
  if (!event.target.closest('[data-testid=app-bar-back]')) return
  if (history.length > 1) history.back()
  else location.assign('/home')
}

canonical()
startLists(document)
startComposers(document)
startPosts()
document.addEventListener('click', back)
