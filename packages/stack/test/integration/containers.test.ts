import { expect, test } from 'vitest'
import { startStack } from '../../src/index.ts'
import { portsFrom, takenPorts } from '../../src/ports.ts'
import { readState } from '../../src/state.ts'
import { newDataDir } from './stack-process.ts'

// Docker is asked for by name, as for the whole suite: SUREPOST_STACK=containers ./surepost test
test.runIf(process.env['SUREPOST_STACK'] === 'containers')(
  'a stack of containers takes them with it when it is stopped',
  async () => {
    const dataDir = await newDataDir()
    const stack = await startStack({ dataDir, ephemeral: true, durable: false, backend: 'containers' })
    const ports = portsFrom(readState(dataDir)?.control.port ?? 0)
    expect(await takenPorts(ports)).toContain('postgres')
    await stack.stop()
    expect(await takenPorts(ports)).toEqual([])
  },
  300_000,
)
