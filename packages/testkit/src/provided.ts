import 'vitest'

/** How a test worker reaches the stack that the global setup started. */
export interface ProvidedStack {
  readonly dataDir: string
  readonly control: { readonly port: number; readonly token: string }
}

declare module 'vitest' {
  export interface ProvidedContext {
    surepost: ProvidedStack
  }
}
