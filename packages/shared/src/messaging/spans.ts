import type { Attributes } from '../telemetry/spans.ts'

/** OpenTelemetry's semantic conventions for messaging. */
export const messagingAttributes = (destination: string, messageId: string | undefined): Attributes => ({
  'messaging.system': 'rabbitmq',
  'messaging.destination.name': destination,
  'messaging.message.id': messageId,
})
