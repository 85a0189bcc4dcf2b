/** The stack cannot do what was asked; the message is one or more plain sentences for a person, saying what to do. */
export class StackError extends Error {
  override readonly name = 'StackError'
}
