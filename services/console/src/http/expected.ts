import type { z } from 'zod'

/** The sentence of a schema for a value of the wrong type (or none); its other troubles keep zod's own words. */
export const expected = (what: string): { readonly error: z.core.$ZodErrorMap } => ({
  error: (issue) => (issue.code === 'invalid_type' ? what : undefined),
})
