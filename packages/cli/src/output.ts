import { styleText } from 'node:util'

type Style = Parameters<typeof styleText>[0]

// `styleText` leaves the text alone where the stream is no terminal, and honours NO_COLOR and FORCE_COLOR.
const styled =
  (style: Style, stream: NodeJS.WriteStream) =>
  (text: string): string =>
    styleText(style, text, { stream })

export const red = styled('red', process.stderr)
export const dim = styled('dim', process.stdout)
export const bold = styled('bold', process.stdout)
export const green = styled('green', process.stdout)
export const yellow = styled('yellow', process.stdout)
export const redOut = styled('red', process.stdout)
export const cyan = styled('cyan', process.stdout)
