import type { Config } from '../config.ts'
import type { DailyBudget } from './budget.ts'
import type { Drafter } from './drafter.ts'
import { llmDrafter } from './llm.ts'
import { openModel } from './model.ts'
import { templateDrafter } from './templates.ts'
import type { Pauses } from './wait.ts'

/** The drafter that is configured, what it may spend, and how long it is left alone. */
export interface Drafting {
  readonly drafter: Drafter
  readonly budget: DailyBudget
  readonly pauses: Pauses
}

export const openDrafting = (config: Config): Drafting => {
  if (config.REPLIER_DRAFTER === 'templates')
    return { drafter: templateDrafter(), budget: { tokens: 0, costMicros: 0 }, pauses: { restMs: 0 } }
  const model = openModel({
    baseUrl: config.LLM_BASE_URL,
    apiKey: config.LLM_API_KEY,
    model: config.LLM_MODEL,
    timeoutMs: config.LLM_TIMEOUT_MS,
    inputPrice: config.LLM_INPUT_PRICE,
    outputPrice: config.LLM_OUTPUT_PRICE,
  })
  return {
    drafter: llmDrafter(model),
    budget: { tokens: config.LLM_TOKENS_PER_DAY, costMicros: Math.floor(config.LLM_COST_PER_DAY * 1_000_000) },
    pauses: { restMs: config.LLM_REST_MS },
  }
}
