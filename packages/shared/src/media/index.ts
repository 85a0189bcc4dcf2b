import { mkdir, open, readFile, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { MediaId, newId, sha256 } from '../contracts/index.ts'
import { PermanentError, UnavailableError, messageOf } from '../errors/index.ts'

/** What X accepts for an image: 5 MB. */
export const MAX_MEDIA_BYTES = 5 * 1024 * 1024

export type MediaType = 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp'

export interface StoredMedia {
  readonly id: MediaId
  readonly type: MediaType
  readonly bytes: Buffer
}

/** Images by the hash of their bytes, on a folder that the console and the posters share. */
export interface MediaStore {
  /** @throws PermanentError `media_type` when the bytes are no image that the platforms take, `media_size` over 5 MB */
  put(bytes: Buffer): Promise<{ readonly id: MediaId; readonly type: MediaType }>
  /** @throws PermanentError `media_missing` or `media_damaged`, UnavailableError when the store itself cannot be read */
  get(id: MediaId): Promise<StoredMedia>
  has(id: MediaId): Promise<boolean>
}

// Magic numbers, from the formats' own specifications (PNG §5.2, JFIF, GIF89a, RIFF/WebP).
const SIGNATURES: readonly (readonly [MediaType, (b: Buffer) => boolean])[] = [
  ['image/png', (b) => b.subarray(0, 8).equals(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]))],
  ['image/jpeg', (b) => b.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff]))],
  ['image/gif', (b) => ['GIF87a', 'GIF89a'].includes(b.subarray(0, 6).toString('latin1'))],
  [
    'image/webp',
    (b) => b.subarray(0, 4).toString('latin1') === 'RIFF' && b.subarray(8, 12).toString('latin1') === 'WEBP',
  ],
]

/** The type that the bytes themselves say, whatever a client claims. */
export const mediaTypeOf = (bytes: Buffer): MediaType | undefined => SIGNATURES.find(([, is]) => is(bytes))?.[0]

/** Write so that a reader sees the whole file or none, and a crash after the return loses nothing. */
const writeDurably = async (folder: string, name: string, bytes: Buffer): Promise<void> => {
  const partial = join(folder, `.${name}.${newId()}`)
  await using file = await open(partial, 'wx', 0o640)
  await file.writeFile(bytes)
  await file.sync()
  await rename(partial, join(folder, name))
  await using directory = await open(folder)
  await directory.sync()
}

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT'

/** No such image in a folder that can be read; a folder that is away (a share that is not mounted) says nothing of it. */
const notRead = async (folder: string, id: MediaId, cause: unknown): Promise<never> => {
  if (!isMissing(cause) || !(await exists(folder)))
    throw new UnavailableError('media', `The image ${id} cannot be read: ${messageOf(cause)}`, { cause })
  throw new PermanentError('media_missing', `The image ${id} is not in the store; upload it with POST /v1/media.`, {
    cause,
  })
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

export const folderMediaStore = async (folder: string): Promise<MediaStore> => {
  await mkdir(folder, { recursive: true })
  const has = (id: MediaId): Promise<boolean> => exists(join(folder, id))
  return {
    has,
    async put(bytes) {
      if (bytes.length > MAX_MEDIA_BYTES)
        throw new PermanentError(
          'media_size',
          `An image may have up to ${MAX_MEDIA_BYTES} bytes; this one has ${bytes.length}.`,
        )
      const type = mediaTypeOf(bytes)
      if (type === undefined)
        throw new PermanentError('media_type', 'The bytes are not a PNG, JPEG, GIF or WebP image.')
      const id = MediaId.parse(sha256(bytes))
      if (!(await has(id))) await writeDurably(folder, id, bytes)
      return { id, type }
    },
    async get(id) {
      const bytes = await readFile(join(folder, id)).catch((cause: unknown) => notRead(folder, id, cause))
      const type = mediaTypeOf(bytes)
      if (type === undefined || sha256(bytes) !== id)
        throw new PermanentError('media_damaged', `The stored image ${id} is damaged.`)
      return { id, type, bytes }
    },
  }
}
