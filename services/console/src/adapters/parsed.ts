import { ContractError } from '@surepost/shared/errors'
import type { z } from 'zod'

/**
 * What the database answered, by its schema.
 * @param what names it in the error: "post"
 * @throws ContractError saying where it has another shape
 */
export const parsed = <S extends z.ZodType>(what: string, schema: S, value: unknown): z.output<S> => {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw new ContractError(`The database's ${what} has another shape: ${issue?.path.join('.')} ${issue?.message}`)
}
