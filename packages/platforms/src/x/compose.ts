import type { Locator } from 'playwright'
import type { SegmentDraft } from '../platform.ts'
import { type Driver, StepError, WAITS, appears, missing, part, step } from './driver.ts'
import { type SelectorName, css } from './selectors.ts'
import { normalText } from './text.ts'

// What the page's own JavaScript has; this package is not compiled against the DOM's types.
declare const DataTransfer: new () => { setData(format: string, data: string): void }
declare const ClipboardEvent: new (type: string, init: object) => Event

/** How long the dialog may come after the first text box of the page, in milliseconds. */
const DIALOG_MS = 5_000

const shown = async (driver: Driver, composer: Locator, ms: number): Promise<boolean> => {
  try {
    await step('wait for the composer', ms + 500, driver.signal, () =>
      composer.waitFor({ state: 'visible', timeout: ms }),
    )
    return true
  } catch (error) {
    if (driver.signal.aborted) throw error
    return false
  }
}

const holdingBox = (driver: Driver, name: SelectorName): Locator =>
  driver.page
    .locator(css(name))
    .filter({ has: driver.page.locator(css('textBox')) })
    .first()

/** The composer in a dialog; the inline one of the page behind it has the same parts and must not be mistaken for it. */
export const dialogComposer = async (driver: Driver): Promise<Locator> => {
  const dialog = holdingBox(driver, 'dialog')
  return (await shown(driver, dialog, DIALOG_MS)) ? dialog : missing('dialog', 'with a text box in it')
}

/** The dialog's composer, or the one at the top of the page when X shows no dialog. */
export const anyComposer = async (driver: Driver): Promise<Locator> => {
  const dialog = holdingBox(driver, 'dialog')
  if (await shown(driver, dialog, DIALOG_MS)) return dialog
  const inline = holdingBox(driver, 'column')
  return (await shown(driver, inline, DIALOG_MS)) ? inline : missing('textBox', 'in a dialog or in the page')
}

/** As a person pastes: the editor takes line breaks, emoji and addresses whole, and no menu of suggestions opens between. */
const paste = (box: Locator, text: string): Promise<void> =>
  box.evaluate((element, data) => {
    const clipboardData = new DataTransfer()
    clipboardData.setData('text/plain', data)
    element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
  }, text)

/** As a person types, line by line; Enter would choose from an open menu of suggestions, so that is closed first. */
const type = async ({ page }: Driver, text: string): Promise<void> => {
  for (const [n, line] of text.split('\n').entries()) {
    if (n > 0) {
      if (await part(page, 'typeahead').isVisible()) await page.keyboard.press('Escape')
      await page.keyboard.press('Enter')
    }
    await page.keyboard.insertText(line)
  }
}

/** A menu of suggestions that a mention or a hashtag opened may lie over the button. Escape closes it and nothing else. */
export const closeSuggestions = (driver: Driver): Promise<void> =>
  step('close the suggestions', WAITS.act, driver.signal, async () => {
    if (await part(driver.page, 'typeahead').isVisible()) await driver.page.keyboard.press('Escape')
  })

const clear = async ({ page }: Driver, box: Locator): Promise<void> => {
  await box.click()
  await page.keyboard.press('ControlOrMeta+A')
  await page.keyboard.press('Delete')
}

/**
 * Put a text into the composer and prove that it holds exactly that: what the box shows is compared, before any click,
 * with what is to be sent.
 *
 * @throws StepError when the editor holds something else, whichever way it was entered
 */
export const writeText = async (driver: Driver, composer: Locator, text: string): Promise<void> => {
  if (text === '') return
  const box = part(composer, 'textBox')
  const holds = async (): Promise<boolean> => normalText(await box.innerText()) === normalText(text)
  const write = (how: string, run: () => Promise<void>): Promise<boolean> =>
    step(`${how} the text`, WAITS.act, driver.signal, async () => {
      await box.click({ timeout: WAITS.act })
      if ((await box.innerText()).trim() !== '') await clear(driver, box)
      await run()
      return holds()
    })
  if (await write('paste', () => paste(box, text))) return
  if (await write('type', () => type(driver, text))) return
  throw new StepError('selector textBox: the composer does not hold the text that was written into it')
}

const describe = async (driver: Driver, composer: Locator, media: SegmentDraft['media']): Promise<void> => {
  const { page, signal } = driver
  await step('open the descriptions', WAITS.act, signal, () => part(composer, 'altLink').click({ timeout: WAITS.act }))
  for (const [n, { alt }] of media.entries()) {
    await step('write a description', WAITS.act, signal, () => part(page, 'altText').fill(alt, { timeout: WAITS.act }))
    const last = n === media.length - 1
    await step('keep a description', WAITS.act, signal, () =>
      part(page, last ? 'altDone' : 'altNext').click({ timeout: WAITS.act }),
    )
  }
  await step('return to the composer', WAITS.act, signal, () =>
    part(page, 'altText').waitFor({ state: 'detached', timeout: WAITS.act }),
  )
}

/**
 * Attach images with their descriptions and wait until all of them are uploaded.
 *
 * @throws StepError
 */
export const attach = async (driver: Driver, composer: Locator, media: SegmentDraft['media']): Promise<void> => {
  if (media.length === 0) return
  const { signal } = driver
  const files = media.map(({ bytes, type: mimeType }, n) => ({
    name: `image-${n + 1}.${mimeType.replace(/^.*\//u, '')}`,
    mimeType,
    buffer: bytes,
  }))
  await step('choose the images', WAITS.upload, signal, () =>
    part(composer, 'fileInput').setInputFiles(files, { timeout: WAITS.upload }),
  )
  if (!(await appears(driver, ['attachments'], WAITS.upload))) missing('attachments', 'after the images were chosen')
  await step('wait for the uploads', WAITS.upload, signal, async () => {
    await composer
      .locator(css('attachment'))
      .nth(media.length - 1)
      .waitFor({ state: 'attached', timeout: WAITS.upload })
    await part(composer, 'uploading').waitFor({ state: 'detached', timeout: WAITS.upload })
  })
  if (media.some(({ alt }) => alt !== '')) await describe(driver, composer, media)
}
