import { z } from 'zod'
import { AccountId, PauseAccount, ResumeAccount } from '@surepost/shared/contracts'
import { operation } from '../http/operation.ts'
import { type Controlling, control, requireAccount } from './account-control.ts'
import { AccountParams } from './shapes.ts'

const Pause = z
  .strictObject({
    reason: z.string().trim().min(1).max(500).default('paused by its operator'),
    /** Until a person resumes it when left out. */
    until: z.iso
      .datetime({ offset: true, error: 'must be a moment with its offset, such as 2026-01-31T12:00:00Z' })
      .transform((text) => new Date(text).toISOString())
      .nullable()
      .default(null),
  })
  .prefault({})
const Paused = z.object({ account: AccountId, paused: z.boolean() })

export const pauseAccount = (ports: Controlling) =>
  operation({
    method: 'post',
    path: '/v1/accounts/:id/pause',
    summary: 'Begin nothing on this account until it is resumed; what has begun is brought to its end',
    params: AccountParams,
    body: Pause,
    answers: { 200: Paused },
    async run({ params: { id }, body }, { signal }) {
      await requireAccount(ports, id, signal)
      await control(ports, PauseAccount, id, { account: id, ...body }, signal)
      return { status: 200, body: { account: id, paused: true } }
    },
  })

export const resumeAccount = (ports: Controlling) =>
  operation({
    method: 'post',
    path: '/v1/accounts/:id/resume',
    summary: 'Let a paused account go on',
    params: AccountParams,
    body: z.strictObject({}).prefault({}),
    answers: { 200: Paused },
    async run({ params: { id } }, { client, signal }) {
      await requireAccount(ports, id, signal)
      await control(ports, ResumeAccount, id, { account: id, by: client }, signal)
      return { status: 200, body: { account: id, paused: false } }
    },
  })
