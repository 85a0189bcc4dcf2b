import { createHash } from 'node:crypto'
import { type Html, html } from './html.ts'

const hsl = (hue: number, saturation: number, lightness: number): string =>
  `hsl(${Math.round(hue)} ${saturation}% ${lightness}%)`

/** A face of three shapes whose colours and places come from the handle: the same everywhere, no file needed. */
export const avatar = (handle: string, size = 40): Html => {
  const [a = 0, b = 0, c = 0, d = 0, e = 0] = createHash('sha256').update(handle.toLowerCase()).digest()
  const hue = (a / 256) * 360
  const turn = (b / 256) * 360
  return html`<svg
    class="avatar"
    viewBox="0 0 40 40"
    width="${size}"
    height="${size}"
    role="img"
    aria-label="${handle}"
  >
    <rect width="40" height="40" fill="${hsl(hue, 62, 58)}" />
    <circle
      cx="${6 + (c / 256) * 28}"
      cy="${4 + (d / 256) * 16}"
      r="${11 + (e / 256) * 7}"
      fill="${hsl((hue + 48) % 360, 78, 70)}"
    />
    <path
      d="M-6 44C4 ${22 + (d / 256) * 10} 30 ${20 + (c / 256) * 12} 48 44Z"
      fill="${hsl((hue + 330) % 360, 55, 40)}"
      transform="rotate(${Math.round(turn / 12) - 15} 20 30)"
    />
    <text
      x="20"
      y="26"
      text-anchor="middle"
      font-size="17"
      font-weight="700"
      fill="#fff"
      font-family="system-ui,sans-serif"
    >
      ${handle.slice(0, 1).toUpperCase()}
    </text>
  </svg>`
}
