import { type Html, raw } from './html.ts'

const icon = (path: string): Html =>
  raw(
    `<svg viewBox="0 0 24 24" aria-hidden="true" class="icon" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round">${path}</svg>`,
  )

/** Line icons, drawn for this site. */
// prettier-ignore
export const ICONS = {
  logo: icon('<path d="M4 14c0-5 3.6-9 8-9s8 4 8 9"/><path d="M8 14c0-2.8 1.8-5 4-5s4 2.2 4 5"/><circle cx="12" cy="17" r="2.2" fill="currentColor" stroke="none"/>'),
  home: icon('<path d="M4 11.2 12 4.5l8 6.7V19a1 1 0 0 1-1 1h-4.5v-5.5h-5V20H5a1 1 0 0 1-1-1z"/>'),
  bell: icon('<path d="M6 10a6 6 0 1 1 12 0c0 4 1.5 5.5 2 6.5H4c.5-1 2-2.500 2-6.500z"/><path d="M10 19.500a2.200 2.200 0 0 0 4 0"/>'),
  person: icon('<circle cx="12" cy="8.500" r="3.700"/><path d="M4.800 20c.7-3.700 3.600-5.600 7.200-5.600s6.500 1.900 7.200 5.600"/>'),
  pen: icon('<path d="M5 19l1-4.200L16.300 4.500a1.400 1.400 0 0 1 2 0l1.200 1.200a1.400 1.400 0 0 1 0 2L9.200 18z"/><path d="M14.500 6.500l3 3"/>'),
  reply: icon('<path d="M20 11.500c0 4-3.600 7-8 7-1 0-2-.2-2.900-.5L4.500 19.500l1.400-3.400A6.500 6.500 0 0 1 4 11.500c0-4 3.600-7 8-7s8 3 8 7z"/>'),
  repost: icon('<path d="M7 16.500V9.500a2 2 0 0 1 2-2h6.500"/><path d="M4.500 14l2.500 2.800L9.500 14"/><path d="M17 7.500v7a2 2 0 0 1-2 2H8.500"/><path d="M14.500 10L17 7.200 19.500 10"/>'),
  like: icon('<path d="M12 19.500S4.500 15.300 4.500 9.900A4 4 0 0 1 8.500 5.800c1.500 0 2.800.8 3.500 2 .7-1.200 2-2 3.500-2a4 4 0 0 1 4 4.100c0 5.400-7.500 9.600-7.500 9.600z"/>'),
  bookmark: icon('<path d="M6.500 5.500a1 1 0 0 1 1-1h9a1 1 0 0 1 1 1v14l-5.500-4-5.500 4z"/>'),
  views: icon('<path d="M5 19v-6"/><path d="M10 19V6"/><path d="M14.500 19v-9"/><path d="M19 19v-4"/>'),
  more: icon('<circle cx="5.500" cy="12" r="1.300" fill="currentColor"/><circle cx="12" cy="12" r="1.300" fill="currentColor"/><circle cx="18.500" cy="12" r="1.300" fill="currentColor"/>'),
  image: icon('<rect x="4" y="5" width="16" height="14" rx="2.500"/><circle cx="9" cy="10" r="1.500"/><path d="M5 17l4.500-4 3 2.500 3-3L20 16.500"/>'),
  plus: icon('<path d="M12 5.500v13M5.500 12h13"/>'),
  close: icon('<path d="M6 6l12 12M18 6L6 18"/>'),
  back: icon('<path d="M19 12H5.500M11 6l-6 6 6 6"/>'),
  pin: icon('<path d="M9 4.500h6l-1 5 3 3.500H7l3-3.500z"/><path d="M12 13v6.500"/>'),
  trash: icon('<path d="M5 7h14M10 7V5h4v2M7 7l.8 12h8.400L17 7"/>'),
  calendar: icon('<rect x="4.500" y="6" width="15" height="13.500" rx="2"/><path d="M4.500 10.500h15M8.500 4v3.500M15.500 4v3.500"/>'),
} as const
