/** Where idle browsers load a page that needs what pages need: the network, a renderer, scripts and frames that are painted. */
export const CANARY_URL = 'http://canary.invalid/'

/** The browser's own way out answers with it, so the way out is tested as well. */
export const CANARY_PAGE = `<!doctype html><title>loading</title><p>canary</p>
<script>requestAnimationFrame(() => (document.title = 'painted'))</script>`
