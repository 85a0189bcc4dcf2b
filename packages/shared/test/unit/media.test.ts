import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MediaId, sha256 } from '../../src/contracts/index.ts'
import { PermanentError, UnavailableError } from '../../src/errors/index.ts'
import { folderMediaStore } from '../../src/media/index.ts'
import { temporaryFolder } from '@surepost/testkit'
import { describe, expect, it } from 'vitest'

const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')
const codeOf = (error: unknown): unknown => (error instanceof PermanentError ? error.code : error)

describe('a stored image', () => {
  it('comes back to the byte', async () => {
    const store = await folderMediaStore(join(temporaryFolder(), 'media'))
    const { id } = await store.put(PNG)
    expect(await store.get(id)).toEqual({ id, type: 'image/png', bytes: PNG })
  })
  it('that was never there is missing, and one that was changed is damaged', async () => {
    const folder = temporaryFolder()
    const store = await folderMediaStore(folder)
    const id = MediaId.parse(sha256('never there'))
    expect(await store.get(id).catch(codeOf)).toBe('media_missing')
    await writeFile(join(folder, id), PNG)
    expect(await store.get(id).catch(codeOf)).toBe('media_damaged')
  })
  it('cannot be read while its folder is away, and is there again with it', async () => {
    const folder = join(temporaryFolder(), 'media')
    const store = await folderMediaStore(folder)
    const { id } = await store.put(PNG)
    await rename(folder, `${folder}-away`)
    await expect(store.get(id)).rejects.toBeInstanceOf(UnavailableError)
    await rename(`${folder}-away`, folder)
    expect((await store.get(id)).id).toBe(id)
  })
  it('that the disk does not give is not missing', async () => {
    const folder = temporaryFolder()
    const store = await folderMediaStore(folder)
    const id = MediaId.parse(sha256('a folder in its place'))
    await mkdir(join(folder, id))
    await expect(store.get(id)).rejects.toBeInstanceOf(UnavailableError)
  })
})
