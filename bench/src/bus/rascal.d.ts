/** The little of rascal 21 that is used here; it has no types of its own. */
declare module 'rascal' {
  import type { EventEmitter } from 'node:events'
  interface Session extends EventEmitter {
    cancel(): Promise<void>
  }
  interface RascalBroker extends EventEmitter {
    publish(name: string, message: unknown, overrides?: object): Promise<EventEmitter>
    subscribe(name: string, overrides?: object): Promise<Session>
    shutdown(): Promise<void>
  }
  const rascal: { readonly BrokerAsPromised: { create(config: object): Promise<RascalBroker> } }
  export = rascal
}
