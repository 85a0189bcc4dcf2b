import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createServer as createTcp } from 'node:net'

/** What a page may not reach: a site on every address of the loopback, and a port for UDP. It counts who came. */
export interface Forbidden extends AsyncDisposable {
  readonly port: number
  readonly udpPort: number
  readonly visits: string[]
}

export const forbiddenPlace = async (): Promise<Forbidden> => {
  const visits: string[] = []
  const http = createServer((request, response) => {
    visits.push(`${request.method} ${request.url}`)
    response.setHeader('access-control-allow-origin', '*').end('<title>reached</title>')
  })
  // Whatever is sent counts, HTTP or not.
  const tcp = createTcp((socket) => {
    visits.push('tcp')
    http.emit('connection', socket)
  })
  tcp.listen(0, '::')
  await once(tcp, 'listening')
  const udp = createSocket('udp4').on('message', () => visits.push('udp'))
  udp.bind(0, '127.0.0.1')
  await once(udp, 'listening')
  return {
    port: (tcp.address() as AddressInfo).port,
    udpPort: udp.address().port,
    visits,
    async [Symbol.asyncDispose]() {
      http.closeAllConnections()
      udp.close()
      await new Promise((resolve) => tcp.close(resolve))
    },
  }
}

/** The ways out that a page has, each by name; `tried` is set when all have been tried. */
const script = (hosts: readonly string[], udpPort: number): string => `
const tried = []
const done = {}
const attempt = (name, work) => tried.push(Promise.resolve().then(work).then((v) => (done[name] = String(v)), (e) => (done[name] = 'refused: ' + e)))
const element = (tag, set) => new Promise((resolve, reject) => {
  const e = Object.assign(document.createElement(tag), set)
  e.onload = () => resolve('loaded'); e.onerror = () => reject(new Error('error'))
  document.body.append(e); setTimeout(() => reject(new Error('late')), 3000)
})
const socket = (url) => new Promise((resolve, reject) => {
  const s = new WebSocket(url); s.onopen = () => resolve('open'); s.onerror = () => reject(new Error('error'))
})
for (const host of ${JSON.stringify(hosts)}) {
  const url = 'http://' + host + '/'
  attempt('fetch ' + host, async () => (await fetch(url, { mode: 'no-cors' })).type)
  attempt('post ' + host, async () => (await fetch(url, { method: 'POST', mode: 'no-cors', body: 'x', keepalive: true })).type)
  attempt('beacon ' + host, () => navigator.sendBeacon(url, 'x') && new Promise((r) => setTimeout(r, 500, 'queued')))
  attempt('image ' + host, () => element('img', { src: url }))
  attempt('script ' + host, () => element('script', { src: url }))
  attempt('style ' + host, () => element('link', { rel: 'stylesheet', href: url }))
  attempt('frame ' + host, () => element('iframe', { src: url }))
  attempt('video ' + host, () => element('video', { src: url, autoplay: true }))
  attempt('preload ' + host, () => element('link', { rel: 'preload', as: 'fetch', href: url }))
  attempt('prefetch ' + host, () => element('link', { rel: 'prefetch', href: url }))
  document.head.append(Object.assign(document.createElement('link'), { rel: 'preconnect', href: url }))
  document.head.append(Object.assign(document.createElement('link'), { rel: 'dns-prefetch', href: url }))
  attempt('socket ' + host, () => socket('ws://' + host + '/'))
  attempt('events ' + host, () => new Promise((resolve, reject) => { const e = new EventSource(url); e.onopen = resolve; e.onerror = () => { e.close(); reject(new Error('error')) } }))
  attempt('redirect ' + host, async () => (await fetch('/redirect?to=' + encodeURIComponent(url), { mode: 'no-cors' })).type)
  attempt('worker ' + host, () => new Promise((resolve, reject) => {
    const w = new Worker(URL.createObjectURL(new Blob(['fetch("' + url + '", { mode: "no-cors" }).then((r) => postMessage(r.type), (e) => postMessage("refused: " + e))'])))
    w.onmessage = ({ data }) => (data.startsWith('refused') ? reject(new Error(data)) : resolve(data)); w.onerror = reject
  }))
  window.open(url)
  document.body.append(Object.assign(document.createElement('form'), { action: url, method: 'post', target: 'sent' }))
  document.body.append(Object.assign(document.createElement('iframe'), { name: 'sent' }))
  document.forms[document.forms.length - 1].submit()
  if ('WebTransport' in window) attempt('transport ' + host, () => new WebTransport('https://' + host + '/').ready)
}
attempt('webrtc', () => new Promise((resolve) => {
  if (!('RTCPeerConnection' in window)) return resolve('none')
  const servers = [{ urls: 'stun:127.0.0.1:${udpPort}' }]
  for (const host of ${JSON.stringify(hosts)}) servers.push({ urls: 'turn:' + host + '?transport=tcp', username: 'a', credential: 'b' })
  const peer = new RTCPeerConnection({ iceServers: servers })
  peer.createDataChannel('x')
  peer.onicegatheringstatechange = () => peer.iceGatheringState === 'complete' && resolve('gathered')
  peer.createOffer().then((offer) => peer.setLocalDescription(offer))
  setTimeout(resolve, 6000, 'late')
}))
for (const file of ['file:///etc/passwd', 'file:///etc/hostname']) {
  attempt('fetch ' + file, async () => (await (await fetch(file)).text()).length)
  attempt('frame ' + file, () => new Promise((resolve, reject) => {
    const frame = Object.assign(document.createElement('iframe'), { src: file })
    frame.onload = () => { let text = ''; try { text = frame.contentDocument.body.innerText } catch {} ; text ? resolve(text) : reject(new Error('nothing to read')) }
    document.body.append(frame); setTimeout(() => reject(new Error('late')), 3000)
  }))
  window.open(file)
}
Promise.allSettled(tried).then(() => (window.outcome = done))
`

/** A site whose page tries every way to these hosts (`name:port`), to a UDP port of the loopback, and to files. */
export const hostileSite = async (
  hosts: readonly string[],
  udpPort: number,
): Promise<{ readonly url: string } & AsyncDisposable> => {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://site')
    const to = url.searchParams.get('to')
    if (to !== null) return void response.writeHead(302, { location: to }).end()
    response.setHeader('content-type', 'text/html')
    response.end(url.pathname === '/' ? `<title>site</title><body><script>${script(hosts, udpPort)}</script>` : '')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
