import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { newId } from '@surepost/shared/contracts'
import { UnavailableError, messageOf } from '@surepost/shared/errors'
import { pause, within } from '@surepost/shared/runtime'
import { type BrowserServer, chromium } from 'playwright'
import type { SeeConnecting } from '../egress/connecting.ts'
import { type Egress, openEgress } from '../egress/egress.ts'
import type { Origins } from '../egress/origins.ts'
import { BROWSER_MARK, groupIsGone, killGroup } from './group.ts'

export interface BrowserConfig {
  readonly executablePath: string | undefined
  /** Without `--no-sandbox` among them Chromium's sandbox is on. */
  readonly args: readonly string[]
  /** What its pages may reach; nothing else. */
  readonly origins: Origins
  /** Folder of all profiles; each browser gets one of its own inside. */
  readonly folder: string
  /** Beginning of the paths of their temporary folders. Short: a socket's path in it has at most 108 bytes (unix(7)). */
  readonly temporary: string
}

/** One Chromium: a process group of its own, for one lease. */
export interface Browser {
  readonly id: string
  readonly pgid: number
  /** Milliseconds since 1970. */
  readonly startedAt: number
  /** Playwright's own endpoint on the loopback. Never handed out: the proxy is the only way to it. */
  readonly endpoint: URL
  /** Resolves with the moment at which no process of it could do anything any more. Never rejects. */
  readonly gone: Promise<Date>
  readonly alive: boolean
  kill(): void
}

/** A cold launch takes 130 ms on an idle machine; this bounds a busy one. */
const LAUNCH_MS = 30_000
/** Beyond its own deadline Playwright has this long to say so. */
const OVERTIME_MS = 5_000
const GONE_CHECK_MS = 5

/**
 * Everything goes through its egress, which a page cannot get round: nothing is resolved or connected to directly (the rule
 * of the resolver spares the egress's own address), loopback included, and WebRTC and QUIC, which would use UDP, may not.
 */
const CONFINED = [
  '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1',
  '--disable-quic',
  '--webrtc-ip-handling-policy=disable_non_proxied_udp',
  '--force-webrtc-ip-handling-policy=disable_non_proxied_udp',
]

/** Start a browser. @param see told of every connection that it makes. @throws UnavailableError when it does not come up in time */
export const launchBrowser = async (config: BrowserConfig, see: SeeConnecting = () => {}): Promise<Browser> => {
  const id = newId()
  const folder = join(config.folder, id)
  const temporary = await mkdtemp(config.temporary)
  await mkdir(folder, { recursive: true })
  const egress = await openEgress(config.origins, see)
  const clean = async (): Promise<void> => {
    egress[Symbol.dispose]()
    for (const path of [folder, temporary])
      await rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 }).catch(() => {})
  }
  const launching = chromium.launchServer({
    ...(config.executablePath === undefined ? {} : { executablePath: config.executablePath }),
    args: [...config.args, ...CONFINED],
    chromiumSandbox: !config.args.includes('--no-sandbox'),
    // Playwright sends loopback through it as well, and the requests that it makes itself for a context.
    proxy: { server: egress.url },
    host: '127.0.0.1',
    timeout: LAUNCH_MS,
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    // Everything that it writes goes to its own folder, which goes with it.
    env: {
      ...environment(),
      [BROWSER_MARK]: folder,
      TMPDIR: temporary,
      XDG_CONFIG_HOME: folder,
      XDG_CACHE_HOME: folder,
    },
  })
  try {
    const server = await within(launching, LAUNCH_MS + OVERTIME_MS, () => new Error('Playwright did not say in time.'))
    return browserOf(server, { id, egress, clean })
  } catch (error) {
    void launching.then((late) => late.kill()).catch(() => {})
    await clean()
    throw new UnavailableError('browsers', `A browser could not be started: ${messageOf(error)}`)
  }
}

/** What a browser needs of the environment; our keys and URLs are not for it. */
const PASSED = [
  'PATH',
  'HOME',
  'LANG',
  'LC_ALL',
  'TZ',
  'DISPLAY',
  'FONTCONFIG_PATH',
  'LD_LIBRARY_PATH',
  'NODE_EXTRA_CA_CERTS',
]
const environment = (): Record<string, string> =>
  Object.fromEntries(PASSED.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])))

interface Belongings {
  readonly id: string
  readonly egress: Egress
  readonly clean: () => Promise<void>
}

const browserOf = (server: BrowserServer, { id, egress, clean }: Belongings): Browser => {
  const child = server.process()
  const pgid = child.pid
  if (pgid === undefined) throw new UnavailableError('browsers', 'The browser has no process.')
  let alive = true
  let over = false
  const exited = new Promise<void>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve()
    else child.once('exit', () => resolve())
  })
  const observe = async (): Promise<Date> => {
    await exited
    alive = false
    // The leader may have crashed alone: its network process can still have a request under way.
    killGroup(pgid)
    // What it had handed over and was not sent yet stays here: after this moment nothing of it reaches the platform.
    egress[Symbol.dispose]()
    while (!groupIsGone(pgid)) await pause(GONE_CHECK_MS)
    over = true
    const at = new Date()
    await within(server.kill(), 5_000, () => new Error('late')).catch(() => {})
    await clean()
    return at
  }
  return {
    id,
    pgid,
    startedAt: Date.now(),
    endpoint: new URL(server.wsEndpoint()),
    gone: observe(),
    get alive() {
      return alive
    },
    // Its number may be another group's once it is gone.
    kill: () => {
      if (!over) killGroup(pgid)
    },
  }
}
