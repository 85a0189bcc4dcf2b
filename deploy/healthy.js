// The health check of every image: exit status 0 when the service in this container says that it is ready.
const { OPS_PORT, PLAYGROUND_PORT } = process.env
try {
  const { ok } = await fetch(`http://127.0.0.1:${OPS_PORT || PLAYGROUND_PORT}/readyz`, {
    signal: AbortSignal.timeout(4_000),
  })
  process.exitCode = ok ? 0 : 1
} catch {
  process.exitCode = 1
}
