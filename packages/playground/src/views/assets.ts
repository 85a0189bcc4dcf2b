/** Files of `public/`. They change only with the process, so browsers keep them under an address of this process. */
export const ASSETS = `/static/${Date.now().toString(36)}`

/** Sent as one sheet, later ones winning: the small screens come last. */
// prettier-ignore
export const STYLES = ['base', 'frame', 'posts', 'media', 'actions', 'focal', 'profile', 'composer', 'attachments', 'layers', 'doors', 'small'] as const

/** What `main.js` imports, named so that a browser asks for all of it at once. */
export const SCRIPTS = ['main', 'api', 'attachments', 'composer', 'list', 'posts', 'toast', 'weigh'] as const
