/** One segment as it is submitted. */
export interface Segment {
  readonly text: string
  readonly media: readonly { readonly id: string; readonly alt: string }[]
}

/** An image as the command line names it; `segment` counts from 1. */
export interface Picture {
  readonly file: string
  readonly alt: string
  readonly segment: number
}

/** A line of its own that is only `---` ends a segment. */
const SPLIT = /^[ \t]*---[ \t]*$/mu

/** The segments of a text; space around each is cut off. Pure. */
export const segmentsOf = (text: string): readonly string[] =>
  text
    .replaceAll('\r\n', '\n')
    .split(SPLIT)
    .map((part) => part.trim())

/** Texts and stored images, put together. @throws RangeError for an image of a segment that there is not */
export const composed = (
  texts: readonly string[],
  images: readonly { readonly id: string; readonly alt: string; readonly segment: number }[],
): readonly Segment[] => {
  const lost = images.find(({ segment }) => segment > texts.length)
  if (lost !== undefined)
    throw new RangeError(`--on ${lost.segment}: the post has ${texts.length} segment${texts.length === 1 ? '' : 's'}.`)
  return texts.map((text, index) => ({
    text,
    media: images.filter(({ segment }) => segment === index + 1).map(({ id, alt }) => ({ id, alt })),
  }))
}
