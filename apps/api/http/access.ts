import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { isLoopback } from '#config'
import { KEY_MARK, type ApiKey, type RateLimits } from '#access'
import { ReverieError } from '#kernel'
import { ADMIN, ADMINISTRATOR, type Caller, callers } from './caller'

/** What is known of a request before its body is read. */
export interface Visit {
  readonly method: string
  /** Path without query. */
  readonly path: string
  /** Template of the route that the path leads to. */
  readonly route: string
  readonly headers: IncomingHttpHeaders
  /** Address of the other end of the connection. */
  readonly peer: string | undefined
}

export interface AccessRules {
  readonly adminKey?: string
  /** The live key that was created for callers with this secret. */
  readonly find: (secret: string) => Promise<ApiKey | undefined>
  readonly limits: Pick<RateLimits, 'request' | 'wrongKey'>
  /** Paths that need no key. */
  readonly open: ReadonlySet<string>
}

const OUR_HOSTS = new Set(['localhost', '127.0.0.1', '[::1]'])
const FORWARDING = /^(forwarded|x-forwarded-.*|x-real-ip)$/

/** What only administrators may ask for. */
const ADMINISTRATION = /^\/(?:metrics|docs|openapi\.json|settings|keys|users|tombstones|maintenance)(?:\/|$)/
const ADMINISTRATIVE_POSTS = new Set(['/memory/consolidate', '/memory/dreams/:id/undo'])

/**
 * Who comes in. With ADMIN_API_KEY: whoever shows it or a key that was created, and everybody to the open paths. Without it: this machine
 * alone, as administrator, and no web page of another site that the browser on this machine has open (it could name us by any host it
 * likes, so Host is checked, too), nor anybody through a proxy, whom we could not tell from this machine. A key of ours that is shown
 * counts everywhere, so that it never opens more by being shown to a server that asks for none.
 * @throws ReverieError unauthenticated, forbidden or rate_limited
 */
export async function admit(visit: Visit, rules: AccessRules): Promise<Caller> {
  if (rules.adminKey !== undefined && rules.open.has(visit.path)) return ADMIN
  const caller = await callerOf(visit, rules)
  // What we ask ourselves on behalf of somebody was counted when they asked.
  if (caller.countedAs !== undefined && !callers.getStore()) await rules.limits.request(caller.countedAs)
  if (caller.role !== 'admin' && isAdministration(visit)) throw new ReverieError('forbidden', 'This needs an admin key')
  return caller
}

async function callerOf(visit: Visit, rules: AccessRules): Promise<Caller> {
  const shown = keyIn(visit.headers)
  if (rules.adminKey !== undefined) {
    if (shown === undefined) throw new ReverieError('unauthenticated', 'A key is needed: X-API-Key, or Authorization: Bearer')
    // Before wrong ones are counted: behind a proxy everybody has one address, and nobody's guesses may keep a right key out.
    if (sameText(shown, rules.adminKey)) return ADMINISTRATOR
  } else {
    const reason = strangeness(visit)
    if (reason) throw new ReverieError('forbidden', `Without ADMIN_API_KEY only this machine is served: ${reason}`)
    if (!shown?.startsWith(KEY_MARK)) return ADMIN
  }
  const key = await rules.find(shown)
  if (!key) {
    await rules.limits.wrongKey(visit.peer ?? '')
    throw new ReverieError('unauthenticated', 'The key is not known, or no longer valid')
  }
  return { role: key.role, keyId: key.id, countedAs: key.id, ...(key.userId === null ? {} : { userId: key.userId }) }
}

function isAdministration({ method, route }: Visit): boolean {
  return ADMINISTRATION.test(route) || (method === 'POST' && ADMINISTRATIVE_POSTS.has(route))
}

function keyIn(headers: IncomingHttpHeaders): string | undefined {
  const bearer = /^Bearer +(.+)$/i.exec(headers.authorization ?? '')?.[1]
  const header = headers['x-api-key']
  return (typeof header === 'string' ? header : undefined) ?? bearer
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
