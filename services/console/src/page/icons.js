import { h } from './dom.js'

/** Paths on a 24 by 24 grid, drawn as lines. @type {Record<string, string>} */
const PATHS = {
  overview: 'M3 13h4l3-8 4 14 3-6h4',
  posts: 'M4 6h16M4 12h16M4 18h10',
  compose: 'M4 20h4L19 9l-4-4L4 16zM13.5 6.5l4 4',
  accounts: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21c1-4 4-6 8-6s7 2 8 6',
  approvals: 'M12 3l7 3v5c0 4.500-3 8-7 10-4-2-7-5.500-7-10V6zM8.500 12l2.500 2.500 4.500-5',
  metrics: 'M4 20V4M4 20h16M8 16v-4M12 16V8M16 16v-6M20 16v-9',
  queues: 'M4 6h16v4H4zM4 14h10v4H4zM18 16h.01M21 16h.01',
  dead: 'M3 7h18v12H3zM3 7l9 7 9-7',
  browsers: 'M3 5h18v14H3zM3 9.500h18M6 7.250h.01M8.500 7.250h.01',
  jobs: 'M12 8v4l3 2M4 12a8 8 0 1 0 2.500-5.800M4 4v4h4',
  alerts: 'M6 10a6 6 0 0 1 12 0c0 6 2 7 2 7H4s2-1 2-7M10 20.500h4',
  more: 'M5 12h.01M12 12h.01M19 12h.01',
  pencil: 'M4 20h4L19 9l-4-4L4 16z',
  trash: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13',
  up: 'M6 15l6-6 6 6',
  down: 'M6 9l6 6 6-6',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  warn: 'M12 4l9 16H3zM12 10v4M12 17.2h.01',
  back: 'M15 5l-7 7 7 7',
  link: 'M14 5h5v5M19 5l-8 8M11 6H6v12h12v-5',
  image: 'M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 9h.01',
  plus: 'M12 5v14M5 12h14',
  close: 'M6 6l12 12M18 6L6 18',
  clock: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3.5 2',
  reply: 'M10 8L5 12.5 10 17M5.5 12.5H15a4 4 0 0 1 4 4V18',
  theme: 'M12 21a9 9 0 1 0 0-18zM12 3a9 9 0 0 0 0 18',
  out: 'M10 4H5v16h5M14 8l4 4-4 4M18 12H9',
  keys: 'M3 6h18v12H3zM7 10h.01M11 10h.01M15 10h.01M8 14h8',
  heart:
    'M12 20S4 15 4 9.2C4 6.8 5.8 5 8 5c1.700 0 3.200 1 4 2.500C12.800 6 14.300 5 16 5c2.200 0 4 1.800 4 4.200C20 15 12 20 12 20z',
  repeat: 'M6 8h10a3 3 0 0 1 3 3v1M16 5l3 3-3 3M18 16H8a3 3 0 0 1-3-3v-1M8 19l-3-3 3-3',
  talk: 'M5 5h14v10h-8l-4 4v-4H5z',
  eye: 'M2.500 12S6 5.500 12 5.500 21.500 12 21.500 12 18 18.500 12 18.500 2.500 12 2.500 12zM12 14.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5z',
}

/** @param {string} name */
export const icon = (name) =>
  h('svg', { class: 'icon', viewBox: '0 0 24 24', 'aria-hidden': 'true' }, h('path', { d: PATHS[name] }))
