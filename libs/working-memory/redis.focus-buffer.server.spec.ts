import { randomBytes } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { type Clock, FixedClock, SystemClock, userOf } from '#kernel'
import { PrivateRedis } from '../../test/servers/private-server'
import { type FocusItem, type FocusLimits, FocusUnavailable } from './focus-buffer'
import { focusBufferContract } from './focus-buffer.contract'
import { connectRedis } from './redis-connection'
import { RedisFocusBuffer } from './redis.focus-buffer'

const ana = userOf('ana')
const URL = process.env.TEST_REDIS_URL!
const LIMITS = { maxItems: 3, ttlSeconds: 3600 }
const item = (id: string, more: Partial<FocusItem> = {}): FocusItem =>
  ({ id, content: id, role: 'user', speaker: null, sessionId: null, weight: 0.5, at: new Date(), durable: true, ...more })

const opened: RedisFocusBuffer[] = []
const prefixOfOwn = (): string => `reverie-test-${randomBytes(6).toString('hex')}`
const open = async (clock: Clock = new SystemClock(), limits: FocusLimits = LIMITS, prefix = prefixOfOwn(), url = URL): Promise<RedisFocusBuffer> => {
  const focus = new RedisFocusBuffer(await connectRedis({ url }), clock, limits, prefix)
  opened.push(focus)
  return focus
}
afterEach(() => opened.splice(0).forEach((focus) => focus.close()))

describe('the focus buffer in Redis', () => {
  focusBufferContract(open)

  it('is one for all processes, and several prefixes are strangers', async () => {
    const prefix = prefixOfOwn()
    const [one, other, stranger] = await Promise.all([open(undefined, undefined, prefix), open(undefined, undefined, prefix), open()])
    await one.add(ana, [item('a')])
    expect((await other.list(ana)).map((i) => i.id)).toEqual(['a'])
    expect(await stranger.list(ana)).toEqual([])
    expect(await stranger.size()).toBe(0)
    expect(await other.remove(ana)).toBe(1)
    expect(await one.list(ana)).toEqual([])
  })

  it('gives every key the prefix and an end, and leaves none behind', async () => {
    const prefix = prefixOfOwn()
    const focus = await open(new FixedClock(new Date('2025-05-01T10:00:00Z')), { maxItems: 3, ttlSeconds: 60 }, prefix)
    const redis = new Redis(URL)
    await focus.add(ana, [item('a', { at: new Date('2025-05-01T10:00:00Z') }), item('b', { at: new Date('2025-05-01T10:00:00Z') })])
    const keys = await redis.keys(`${prefix}*`)
    expect(keys).toHaveLength(3)
    for (const key of keys) expect(await redis.pttl(key)).toBeGreaterThan(50_000)
    await focus.remove(ana, ['a', 'b'])
    expect(await redis.keys(`${prefix}*`)).toEqual([])
    redis.disconnect()
  })

  it('takes one round trip for each operation', async () => {
    const prefix = prefixOfOwn()
    const focus = await open(undefined, undefined, prefix)
    // Redis learns the scripts once.
    await focus.add(ana, [item('a')])
    await focus.remove(ana)
    const client = new Redis(URL)
    const watcher = await client.monitor()
    const seen: string[] = []
    watcher.on('monitor', (_time: string, args: string[], source: string) => {
      if (source !== 'lua' && args.some((arg) => arg.startsWith(`${prefix}:`))) seen.push(args[0]!.toLowerCase())
    })
    await focus.add(ana, [item('a'), item('b')])
    await focus.list(ana)
    await focus.remove(ana, ['a', 'b'])
    await focus.remove(ana)
    await new Promise<void>((done) => {
      watcher.on('monitor', (_time: string, args: string[]) => args[1] === prefix && done())
      const last = new Redis(URL)
      void last.echo(prefix).finally(() => last.disconnect())
    })
    for (const one of [client, watcher]) one.disconnect()
    expect(seen).toEqual(['evalsha', 'hvals', 'evalsha', 'evalsha'])
  })
})

describe('a Redis that goes away', () => {
  let server: PrivateRedis
  beforeAll(async () => {
    server = await (await PrivateRedis.create()).start()
  })
  afterAll(() => server?.close())

  /** Resolves when an operation works again: the connection comes back by itself. */
  const back = async (focus: RedisFocusBuffer): Promise<void> => {
    while ((await focus.tolerating(() => focus.list(ana))).failed) await new Promise(setImmediate)
  }

  it('is refused by every operation at once, tolerated where that is asked, and used again when it is back', async () => {
    const focus = await open(undefined, undefined, undefined, server.url)
    await focus.add(ana, [item('a')])
    await server.stop()
    const all = [() => focus.add(ana, [item('b')]), () => focus.list(ana), () => focus.remove(ana), () => focus.remove(ana, ['a']), () => focus.size()]
    for (const operation of all) await expect(operation()).rejects.toBeInstanceOf(FocusUnavailable)
    expect(await focus.tolerating(() => focus.list(ana))).toEqual({ result: [], failed: true })
    expect(await focus.tolerating(() => focus.remove(ana))).toEqual({ result: 0, failed: true })
    await server.start()
    await back(focus)
    await focus.add(ana, [item('c')])
    expect((await focus.list(ana)).map((i) => i.id)).toEqual(['c'])
  })

  it('that only hangs is given up after a short while, and nothing piles up meanwhile', async () => {
    const focus = await open(undefined, undefined, undefined, server.url)
    server.hang()
    try {
      const answers = await Promise.all(Array.from({ length: 200 }, () => focus.tolerating(() => focus.list(ana))))
      expect(answers.every((answer) => answer.failed)).toBe(true)
      // Refused without being sent: the connection was given up.
      await expect(focus.list(ana)).rejects.toMatchObject({ code: 'unavailable', cause: { message: expect.stringContaining('enableOfflineQueue') } })
    } finally {
      server.go()
    }
    await back(focus)
    await focus.add(ana, [item('d')])
    expect((await focus.list(ana)).map((i) => i.id)).toContain('d')
  })
})

describe('a start with Redis', () => {
  const refusal = (url: string, caFile?: string) => connectRedis({ url, caFile }).then(() => undefined, (error: Error & { cure: string }) => error)

  it('names what is wrong, with its cure and without the password', async () => {
    const server = await (await PrivateRedis.create(['--requirepass', 'the right password'])).start()
    const at = (user: string) => server.url.replace('redis://', `redis://${user}`)
    const cases: [string, RegExp, RegExp][] = [
      ['redis://127.0.0.1:1', /^Redis cannot be reached at 127\.0\.0\.1:1 \(ECONNREFUSED\)/, /REDIS_URL/],
      [at(':hunter2@'), /refuses to log in/, /password in REDIS_URL/],
      [at(''), /refuses to log in/, /password in REDIS_URL/],
      [`${at(':the%20right%20password@')}/99`, /does not have that database/, /number/],
      [at(':hunter2@').replace('redis:', 'rediss:'), /TLS|reached/, /rediss?:\/\//],
    ]
    for (const [url, message, cure] of cases) {
      const error = await refusal(url)
      expect(error).toMatchObject({ name: 'StartupError', message: expect.stringMatching(message), cure: expect.stringMatching(cure) })
      expect(error!.message + error!.cure).not.toContain('hunter2')
    }
    await server.close()
  })

  it('speaks TLS, with a certificate authority of its own', async () => {
    const server = await PrivateRedis.create()
    const file = (name: string): string => join(server.folder, name)
    const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost',
      '-keyout', file('key.pem'), '-out', file('ca.pem')]
    execFileSync('openssl', args, { stdio: 'pipe' })
    const secure = await (await PrivateRedis.create(['--port', '0', '--tls-port', String(server.port), '--tls-auth-clients', 'no',
      '--tls-cert-file', file('ca.pem'), '--tls-key-file', file('key.pem'), '--tls-ca-cert-file', file('ca.pem')])).start()
    const url = `rediss://localhost:${server.port}`
    expect(await refusal(url)).toMatchObject({ message: expect.stringContaining('not trusted'), cure: expect.stringContaining('REDIS_CA_FILE') })
    expect(await refusal(url, file('none.pem'))).toMatchObject({ message: expect.stringContaining('cannot be read'), cure: expect.stringContaining('REDIS_CA_FILE') })
    const focus = new RedisFocusBuffer(await connectRedis({ url, caFile: file('ca.pem') }), new SystemClock(), LIMITS, 'tls')
    opened.push(focus)
    await focus.add(ana, [item('a')])
    expect((await focus.list(ana)).map((i) => i.id)).toEqual(['a'])
    await secure.close()
    await server.close()
  })
})
