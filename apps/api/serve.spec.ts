import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { ConfigModule, loadSettings } from '#config'
import { ReverieError, StartupError } from '#kernel'
import { ApiModule } from './api.module'
import { createLogger } from './http/logging'
import { openApiDocument } from './openapi-document'
import { type Ending, endWith, startFailure, storeOf } from '../composition/ending'
import { type Listening, serve } from './serve'
import { fakeLibs, fakes, start } from './testing/harness'
import { packageRoot, VERSION } from './version'

const quiet = () => createLogger(loadSettings({ LOG_LEVEL: 'silent' }), new PassThrough())

describe('the guard', () => {
  it('stands before everything: strangers get no further than 403, whatever they ask', async () => {
    const server = await start()
    for (const [method, path] of [['GET', '/memory/stats'], ['POST', '/memory'], ['GET', '/nowhere'], ['GET', '/docs'],
    ['GET', '/health']] as const) {
      const answer = await server.call(method, path, { raw: method === 'POST' ? 'not json' : undefined, headers: { host: 'evil.example' } })
      expect(answer).toMatchObject({ status: 403, body: { error: { code: 'forbidden', request_id: expect.any(String) } } })
    }
    await server.stop()
  })

  it('wants the key when there is one, and leaves health and pages open', async () => {
    const key = 'sixteen letters 1'
    const server = await start({ ADMIN_API_KEY: key })
    const answer = await server.call('GET', '/memory/stats')
    expect(answer).toMatchObject({ status: 401, body: { error: { code: 'unauthenticated' } } })
    expect(answer.headers['www-authenticate']).toContain('Bearer')
    for (const path of ['/openapi.json', '/docs', '/metrics', '/users', '/nowhere']) expect([path, (await server.call('GET', path)).status]).toEqual([path, 401])
    for (const path of ['/health', '/health/ready']) expect([path, (await server.call('GET', path)).status]).toEqual([path, 200])
    const shown: Record<string, string>[] = [{ 'x-api-key': key }, { authorization: `Bearer ${key}` }]
    for (const headers of shown) {
      expect((await server.call('GET', '/memory/stats', { headers: { host: 'memory.example', 'x-forwarded-for': '1.2.3.4', ...headers } })).status).toBe(200)
    }
    expect(server.log()).not.toContain(key)
    await server.stop()
  })
})

describe('serving', () => {
  const serveOn = (port: number) => {
    const read = loadSettings({ PORT: String(port), LOG_LEVEL: 'silent' })
    return serve(ApiModule.forRoot(quiet(), [ConfigModule.forRoot(read), fakeLibs(fakes())]), read, quiet())
  }

  it('says in one line where and on what', async () => {
    const server = await serveOn(0)
    expect(server.line).toMatch(/^Reverie listens on http:\/\/127\.0\.0\.1:\d+ \(embedded store in \.\/data\)$/)
    const url = /http\S+/.exec(server.line)![0]
    expect((await fetch(`${url}/health`)).status).toBe(200)
    await server.stop()
    await expect(fetch(`${url}/health`)).rejects.toThrow()
  })

  it.each([['local', 1], ['openai', 0]])('warms up in the background, unless the model is somebody else\'s: %s', async (provider, times) => {
    const fake = fakes()
    fake.recall.recall.mockRejectedValueOnce(new Error('cold'))
    const read = loadSettings({ PORT: '0', EMBEDDING_PROVIDER: provider })
    const server = await serve(ApiModule.forRoot(quiet(), [ConfigModule.forRoot(read), fakeLibs(fake)]), read, quiet())
    await new Promise(setImmediate)
    expect(fake.recall.recall).toHaveBeenCalledTimes(times)
    await server.stop()
  })

  it('names the port that is taken', async () => {
    const other = createServer()
    await new Promise<void>((done) => other.listen(0, '127.0.0.1', done))
    const { port } = other.address() as AddressInfo
    await expect(serveOn(port)).rejects.toMatchObject({ message: `Port ${port} of 127.0.0.1 is taken`, cure: expect.stringContaining('PORT') })
    await new Promise((done) => other.close(done))
  })

  it('names a host that is none of ours', async () => {
    const read = loadSettings({ HOST: '203.0.113.7', ADMIN_API_KEY: 'sixteen letters 1', PORT: '0' })
    const module = ApiModule.forRoot(quiet(), [ConfigModule.forRoot(read), fakeLibs(fakes())])
    await expect(serve(module, read, quiet())).rejects.toMatchObject({ message: expect.stringContaining('203.0.113.7') })
  })

  it('finishes what is under way and refuses what is new while it stops', async () => {
    const fake = fakes()
    let finish: () => void = () => undefined
    fake.recall.recall.mockImplementationOnce(() => new Promise((resolve) => {
      finish = () => resolve({ results: [], tookMs: 1, timings: {}, degraded: [], heldBack: [] })
    }))
    const server = await start({}, fake)
    const slow = server.call('GET', '/memory/recall?q=x')
    while (fake.recall.recall.mock.calls.length === 0) await sleep(5)
    const stopped = server.stop()
    finish()
    expect((await slow).status).toBe(200)
    await stopped
    await expect(server.call('GET', '/health')).rejects.toThrow('ECONNREFUSED')
  })

  it('waits for nobody who asks nothing', async () => {
    const server = await start()
    const silent = connect(server.port, '127.0.0.1')
    const halting = connect(server.port, '127.0.0.1')
    await Promise.all([once(silent, 'connect'), once(halting, 'connect')])
    halting.write('GET /health HTTP/1.1\r\nhost: localhost\r\n')
    // Whether they are told by a reset or by an end is no matter.
    const closed = Promise.all([silent, halting].map((socket) => new Promise((done) => socket.on('error', done).on('close', done))))
    await server.call('GET', '/health')
    await server.stop()
    await closed
  })

  it('names the store without its password', () => {
    const settings = loadSettings({ DATABASE_URL: 'postgres://u:hunter2@db:5433/mem', REDIS_URL: 'redis://:hunter2@cache:6380/1', APP_SECRET: 'sixteen letters 1' })
    expect(storeOf(settings)).toBe('Postgres at db:5433/mem, Redis at cache:6380')
  })

  it('tells a failure by cause and cure', () => {
    expect(startFailure(new StartupError('It is late.', 'Go home.'))).toBe('Reverie cannot start. It is late.\nGo home.')
    expect(startFailure(new ReverieError('unavailable', 'the disk is full: free some space'))).toBe('Reverie cannot start: the disk is full: free some space')
    expect(startFailure(Object.assign(new Error('a value'), { code: '53100' }))).toMatch(/^Reverie cannot start: the disk of the database is full: free/)
    expect(startFailure(new Error('odd'))).toMatch(/odd\n\s+at /)
    expect(startFailure('odd')).toContain('odd')
  })
})

describe('ending', () => {
  class FakeProcess implements Ending {
    readonly listeners: Record<string, (error?: unknown) => void> = {}
    readonly exits: number[] = []
    once = (event: string, listener: (error?: unknown) => void): void => void (this.listeners[event] = listener)
    on = this.once
    exit = (code: number): void => void this.exits.push(code)
  }
  const ended = (server: Partial<Listening>) => {
    const process = new FakeProcess()
    endWith({ line: '', stop: async () => undefined, ...server }, quiet(), process)
    return process
  }

  it('is graceful at the first signal and at once at the second', async () => {
    const graceful = ended({})
    graceful.listeners.SIGTERM!()
    await sleep(0)
    expect(graceful.exits).toEqual([0])
    const hanging = ended({ stop: () => new Promise(() => undefined) })
    hanging.listeners.SIGTERM!()
    hanging.listeners.SIGINT!()
    expect(hanging.exits).toEqual([1])
  })

  it('fails when stopping does, and on a mistake that nobody caught', async () => {
    const failing = ended({ stop: () => Promise.reject(new Error('stuck')) })
    failing.listeners.SIGTERM!()
    await sleep(0)
    expect(failing.exits).toEqual([1])
    const wrong = ended({})
    wrong.listeners.uncaughtException!(new Error('odd'))
    expect(wrong.exits).toEqual([1])
  })
})

describe('the OpenAPI document', () => {
  it('is made without a store, and names every operation once', async () => {
    const document = await openApiDocument()
    const operations = Object.values(document.paths).flatMap((path) => Object.values(path as Record<string, { operationId: string }>).map((operation) => operation.operationId))
    expect(new Set(operations).size).toBe(operations.length)
    expect(operations).toEqual(expect.arrayContaining(['remember', 'recall', 'recallByQuery', 'forget', 'getMemory']))
    expect(document.info.version).toBe(VERSION)
    expect(JSON.stringify(document)).not.toMatch(/x-nestjs_zod|\$defs/)
  })
})

describe('the version', () => {
  it('stands in our package.json, however deep we were built', () => {
    expect(packageRoot(join(packageRoot(), 'dist', 'apps', 'api'))).toBe(packageRoot())
    expect(VERSION).toMatch(/^\d+\.\d+\.\d+/)
  })
})
