import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { chooseBase, portsFrom, takenPorts } from '../../src/ports.ts'

const listening = (port: number): Promise<AsyncDisposable> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () =>
      resolve({ [Symbol.asyncDispose]: () => new Promise((closed) => server.close(() => closed())) }),
    )
  })

test('every port of a stack is another one, and all lie in one block of 32', () => {
  const ports = Object.values(portsFrom(20_000))
  expect(new Set(ports).size).toBe(ports.length)
  expect(Math.max(...ports)).toBeLessThan(20_032)
  expect(Math.min(...ports)).toBe(20_000)
})

test('a chosen block is free and below the ports that Linux gives to outgoing connections', async () => {
  const base = await chooseBase({})
  expect(base).toBeLessThan(32_768 - 32)
  expect(await takenPorts(portsFrom(base))).toEqual([])
})

test('the ports of the last time are taken again while they are free, and others when not', async () => {
  const preferred = await chooseBase({})
  expect(await chooseBase({ preferred })).toBe(preferred)
  await using _taken = await listening(preferred + 3)
  expect(await chooseBase({ preferred })).not.toBe(preferred)
})

test('a wanted block of which a port is taken is refused, and the port is named', async () => {
  const wanted = await chooseBase({})
  await using _taken = await listening(portsFrom(wanted).console)
  await expect(chooseBase({ wanted })).rejects.toThrow(`${portsFrom(wanted).console} (console) is already taken`)
})

test.each([80, 65_530, 1.5])('a block that begins at %s is refused', async (wanted) => {
  await expect(chooseBase({ wanted })).rejects.toThrow(/--port must be a whole number/)
})
