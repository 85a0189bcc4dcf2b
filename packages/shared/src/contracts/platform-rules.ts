import type { AccountConfig } from './accounts.ts'
import type { PlatformName } from './ids.ts'

/** X's developer guidelines on automation, as they concern an account of Surepost (help.x.com, "Automation rules"). */
const RULES: Readonly<
  Record<PlatformName, { readonly always: readonly string[]; readonly answering: readonly string[] }>
> = {
  x: {
    always: [
      'Label the account as automated in its settings on X, and name the person behind it in its profile.',
      'Automating a browser can cost the account. Where X’s official API serves you, it is the recommended way.',
    ],
    answering: [
      'Answers go only to people who named, answered or quoted the account, once each, and never again to whoever asks to be left alone: Surepost keeps to that. Answers written by a model need X’s approval: that is for you to ask for.',
    ],
  },
}

/** What a person is told once, when an account is added. */
export const rulesFor = ({ platform, replies }: Pick<AccountConfig, 'platform' | 'replies'>): readonly string[] => [
  ...RULES[platform].always,
  ...(replies.enabled ? RULES[platform].answering : []),
]
