const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1, roundingMode: 'floor' })

/** `25.6K`, `2.5M`; nothing for zero, as X shows it. */
export const abbreviated = (count: number): string => (count === 0 ? '' : compact.format(count))

// prettier-ignore
const PARTS = [['replies', 'reply', 'replies'], ['reposts', 'repost', 'reposts'], ['likes', 'like', 'likes'], ['bookmarks', 'bookmark', 'bookmarks'], ['views', 'view', 'views']] as const

/** The label of a post's group of buttons: exact figures, the zero ones left out. */
export const groupLabel = (figures: Readonly<Record<(typeof PARTS)[number][0], number>>): string =>
  PARTS.filter(([name]) => figures[name] > 0)
    .map(([name, one, many]) => `${figures[name]} ${figures[name] === 1 ? one : many}`)
    .join(', ')
