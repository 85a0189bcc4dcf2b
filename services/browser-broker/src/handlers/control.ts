import {
  CancelPost,
  ConfigureAccount,
  MarkControl,
  PauseAccount,
  RemoveAccount,
  ResumeAccount,
  RevisePost,
  SetKillSwitch,
  SettleSegment,
  TellOptOuts,
} from '@surepost/shared/contracts'
import { type Outcome, type Route, answer, handle } from '@surepost/shared/messaging'
import type { Ledger } from '../ledger/ledger.ts'
import type { Outbox } from '../ledger/outbox.ts'
import type { Refused } from '../ledger/writes.ts'

/** A refusal is an answer: it would be refused again, and nobody gains from a dead letter. */
const told = (result: object | Refused): Outcome => answer('refused' in result ? { error: result.detail } : result)

export interface ControlPorts {
  readonly ledger: Pick<Ledger, 'ask'>
  readonly outbox: Pick<Outbox, 'told'>
  /** Called with each mark that comes. */
  readonly marked: (mark: string) => void
}

/**
 * What is told to the broker itself, in the order in which it was said. Each handler answers after the ledger has it on
 * the disk; a cancel, an edit and a person's word on an unknown outcome, after which nobody looks any more, when their fact
 * cannot be lost with the ledger either. What cannot be told in time is decided again later, with the same end.
 */
export const controlRoutes = ({ ledger, outbox, marked }: ControlPorts): Route[] =>
  [
    handle(ConfigureAccount, async ({ body }) => answer(await ledger.ask('configure', body.config))),
    handle(PauseAccount, async ({ id, body: { account, reason, until } }) => {
      const pause = { reason, until: until === null ? null : Date.parse(until), by: 'operator' } as const
      return told(await ledger.ask('pause', account, pause, id))
    }),
    handle(ResumeAccount, async ({ id, body: { account, by } }) => told(await ledger.ask('resume', account, by, id))),
    handle(RemoveAccount, async ({ body: { account, by } }) => told(await ledger.ask('remove', account, by))),
    handle(CancelPost, async ({ body }) => {
      const result = await ledger.ask('cancel', body)
      await outbox.told()
      return answer(result)
    }),
    handle(RevisePost, async ({ body }) => {
      const result = await ledger.ask('revise', body)
      await outbox.told()
      return answer(result)
    }),
    handle(SettleSegment, async ({ body }) => {
      const result = await ledger.ask('settle', body)
      await outbox.told()
      return answer(result)
    }),
    handle(SetKillSwitch, async ({ id, body }) => answer(await ledger.ask('killSwitch', { ...body, said: id }))),
    handle(TellOptOuts, async ({ body }) => answer(await ledger.ask('tellOptOuts', body))),
    handle(MarkControl, async ({ body }) => {
      marked(body.mark)
      return answer({ told: true })
    }),
  ] as Route[]
