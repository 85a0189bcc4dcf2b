/** One condition that people are told of. All that is said of it anywhere follows from here. */
export interface AlertKind {
  /** Its name, and its heading in docs/RUNBOOK.md. */
  readonly name: string
  /** The key of its facts, or what comes before the subject in them. */
  readonly key: string
  readonly severity: 'info' | 'warning' | 'critical'
  /** When it is raised, in words. */
  readonly when: string
  /** What to do: the end of its sentence. */
  readonly todo: string
  /** The same condition for Prometheus. `for`: how long it must last, where the figure does not say that itself. */
  readonly rule: { readonly expr: string; readonly for?: string }
  /**
   * Told to the webhook by the process that sees it and not by way of RabbitMQ, which takes no facts while it lasts.
   */
  readonly direct?: true
  /** Never told to the webhook: it is about the webhook. */
  readonly untold?: true
}
