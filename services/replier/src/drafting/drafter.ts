import type { Mention } from '@surepost/shared/contracts'

export interface DraftRequest {
  /** How the account speaks, in its operator's words. */
  readonly voice: string
  readonly handle: string
  readonly mention: Mention
  readonly signal: AbortSignal
}

export interface Draft {
  readonly text: string
  /** What wrote it: a model's name, or `templates`. Stored with the decision and shown. */
  readonly drafter: string
}

/**
 * Writes one answer.
 * @throws ThrottledError when a quota or a rate says when to come back
 * @throws TransientError on a timeout, a server error or output that is not an answer
 * @throws PermanentError `refusal` when the model will not answer, `authentication` when the key is not accepted
 */
export type Drafter = (request: DraftRequest) => Promise<Draft>
