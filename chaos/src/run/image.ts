import { sha256 } from '@surepost/shared/contracts'
import { demoImage } from '../../../packages/cli/src/demo/image.ts'

/** One image of its own a post: the same bytes are stored once, and each post must have its own. */
export const imageOf = (n: number): { readonly png: Uint8Array; readonly sha256: string; readonly alt: string } => {
  const png = demoImage(64 + (n % 64), 36 + Math.floor(n / 64))
  return { png, sha256: sha256(png), alt: `Four yellow bars on a night sky, number ${n}` }
}
