import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { isLoopback } from '#config'
import { ReverieError } from '#kernel'

/** What is known of a request before its body is read. */
export interface Visit {
  /** Path without query. */
  readonly path: string
  readonly headers: IncomingHttpHeaders
  /** Address of the other end of the connection. */
  readonly peer: string | undefined
}

export interface AccessRules {
  readonly adminKey?: string
  /** Paths that need no key. */
  readonly open: ReadonlySet<string>
}

const OUR_HOSTS = new Set(['localhost', '127.0.0.1', '[::1]'])
const FORWARDING = /^(forwarded|x-forwarded-.*|x-real-ip)$/

/**
 * Who may come in. With a key: whoever shows it, and everybody to the open paths. Without one: this machine alone, and no web page of
 * another site that the browser on this machine has open (it could name us by any host it likes, so Host is checked, too), nor
 * anybody through a proxy, whom we could not tell from this machine.
 * @throws ReverieError unauthenticated or forbidden
 */
export function checkAccess(visit: Visit, rules: AccessRules): void {
  if (rules.adminKey !== undefined) {
    if (!rules.open.has(visit.path)) checkKey(visit.headers, rules.adminKey)
    return
  }
  const reason = strangeness(visit)
  if (reason) throw new ReverieError('forbidden', `Without ADMIN_API_KEY only this machine is served: ${reason}`)
}

function checkKey(headers: IncomingHttpHeaders, key: string): void {
  const bearer = /^Bearer +(.+)$/i.exec(headers.authorization ?? '')?.[1]
  const header = headers['x-api-key']
  const shown = (typeof header === 'string' ? header : undefined) ?? bearer
  if (shown === undefined) throw new ReverieError('unauthenticated', 'A key is needed: X-API-Key, or Authorization: Bearer')
  if (!sameText(shown, key)) throw new ReverieError('unauthenticated', 'The key is not known')
}

/** Compares digests, so that the time taken says nothing about how much of the key was right. */
function sameText(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}

function strangeness({ headers, peer }: Visit): string | undefined {
  if (!isLoopback(peer ?? '')) return 'the connection comes from another one'
  if (headers.host !== undefined && !OUR_HOSTS.has(hostName(headers.host))) return 'the Host header names another one'
  if (headers.origin !== undefined && !isOurOrigin(headers.origin)) return 'the Origin is another site'
  if (headers['sec-fetch-site'] === 'cross-site') return 'the request comes from another site'
  const forwarding = Object.keys(headers).find((name) => FORWARDING.test(name))
  return forwarding && `the request was forwarded (${forwarding})`
}

/** Name of a `host[:port]`, in lower case. */
function hostName(host: string): string {
  return host.toLowerCase().replace(/:\d{1,5}$/, '')
}

/** A page of this machine, on whatever port: that is the same site. */
function isOurOrigin(origin: string): boolean {
  const parts = /^https?:\/\/([^/@\s]+)$/i.exec(origin)
  return parts !== null && OUR_HOSTS.has(hostName(parts[1]!))
}
