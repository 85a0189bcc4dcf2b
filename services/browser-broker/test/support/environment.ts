/** The least configuration that is good. */
export const goodEnvironment = {
  AMQP_URL: 'amqp://u:p@127.0.0.1/v',
  BROKER_PORT: '9000',
  BROKER_PUBLIC_URL: 'ws://127.0.0.1:9000',
  BROKER_DATA_DIR: '/data',
  BROKER_ADMIN_KEY: 'a-key-of-enough-length',
  SESSION_KEY: Buffer.alloc(32).toString('base64'),
}
