import { expect, test } from 'vitest'
import { trimmedHtml } from '../../src/x/capture.ts'
import { fixture } from './fixture.ts'

test('the HTML that is kept has what is read, and nothing that could be a secret', () => {
  const page = `<html><head><script>window.token = "s3cret"</script><meta name="csrf" content="s3cret"></head>
    <body><!-- s3cret --><form><input type="hidden" value="s3cret"><input type="text" value="s3cret@example.org"><textarea>s3cret</textarea></form>
    <a href="/home?auth_token=s3cret#s3cret" onclick="s3cret()" class="a b" data-testid="home">Home</a>
    <div contenteditable="true">s3cret</div><p>Something went wrong</p></body></html>`
  const kept = trimmedHtml(page)
  expect(kept).not.toContain('s3cret')
  expect(kept).toContain('Something went wrong')
  expect(kept).toContain('<a href="/home" data-testid="home">Home</a>')
})

test('it is bounded, and much smaller than the page', () => {
  const page = fixture('with-replies')
  expect(trimmedHtml(page).length).toBeLessThan(page.length * 0.6)
  expect(trimmedHtml('<p>long</p>'.repeat(50_000)).length).toBeLessThanOrEqual(100_000)
})
