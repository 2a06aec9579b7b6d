import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testServer } from '../libs/database/testing'
import { OpenAiServer } from '../libs/embeddings/testing'
import { freePort } from './servers/free-port'
import { Child, ensureBuilt } from './support/built'
import { type FreshStore, freshStore } from './support/fresh-store'
import type { ListBody, RememberBody } from './support/wire'

describe('the built product', () => {
  let folder: string
  let store: FreshStore
  let embedder: OpenAiServer
  const children: Child[] = []

  beforeAll(async () => {
    ensureBuilt()
    embedder = await OpenAiServer.start()
  })
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'reverie-child-'))
    store = await freshStore(join(folder, 'data'))
  })
  afterEach(async () => {
    await Promise.all(children.splice(0).map((child) => child.kill('SIGKILL')))
    await store.drop()
    rmSync(folder, { recursive: true, force: true })
  })
  afterAll(() => embedder.close())

  /** @param env more settings; a bad DATABASE_URL among them stands in the place of the store's */
  const start = async (env: Record<string, string> = {}): Promise<Child> => {
    const of = 'DATABASE_URL' in env ? {} : store.env
    const child = Child.start({
      DATA_DIR: join(folder, 'data'), PORT: String(await freePort()), EMBEDDING_PROVIDER: 'openai', EMBEDDING_MODEL: 'hash', EMBEDDING_BASE_URL: embedder.url, ...of, ...env,
    })
    children.push(child)
    return child
  }

  it('loses nothing acknowledged when it is killed during 400 writes, and opens again', async () => {
    const first = await (await start()).ready()
    const acknowledged = new Map<string, string>()
    let enough: () => void
    const halfway = new Promise<void>((done) => (enough = done))
    const writer = async (lane: number): Promise<void> => {
      for (let i = 0; i < 50; i++) {
        const content = `Lane ${lane} wrote line ${i} of the long chronicle`
        const { status, body } = await first.api.post<RememberBody>('/memory', { user_id: 'scribe', session_id: `lane-${lane}`, content })
        if (status === 201 && body.results[0]!.status === 'stored') acknowledged.set(body.results[0]!.id, content)
        if (acknowledged.size >= 200) enough()
      }
    }
    const writers = Array.from({ length: 8 }, (_, lane) => writer(lane).catch(() => undefined))
    await halfway
    expect(await first.kill('SIGKILL')).toBe('SIGKILL')
    await Promise.all(writers)
    expect(acknowledged.size).toBeLessThan(400)

    const second = await (await start()).ready()
    const kept = new Map<string, string>()
    let cursor: string | undefined
    do {
      const { body } = await second.api.get<ListBody>('/memory', { user_id: 'scribe', limit: 100, cursor })
      for (const memory of body.results) kept.set(memory.id, memory.content)
      cursor = body.next_cursor ?? undefined
    } while (cursor !== undefined)
    expect([...acknowledged].filter(([id, content]) => kept.get(id) !== content)).toEqual([])
    for (const [id, content] of [...acknowledged].slice(-5)) {
      expect((await second.api.recall({ user_id: 'scribe', q: content, k: 1 })).results.map((r) => r.id)).toEqual([id])
    }
  })

  it('gives the same answers after a restart, ends on SIGTERM with 0, and keeps its tombstones', async () => {
    const first = await (await start()).ready()
    expect(first.output).toMatch('DATABASE_URL' in store.env ? /Postgres at / : /embedded/)
    await first.api.remember({ user_id: 'ana', session_id: 's', messages: [{ content: 'I moved to Lisbon in May' }, { content: 'My sister visits on Sundays' }] })
    const [secret] = await first.api.remember({ user_id: 'ana', content: 'The safe opens with four quiet turns left' })
    await first.api.forget({ user_id: 'ana', id: secret })
    const ask = async (child: Child): Promise<string[]> => (await child.api.recall({ user_id: 'ana', q: 'where did I move to' })).results.map((r) => r.content)
    const before = await ask(first)
    expect(before[0]).toBe('I moved to Lisbon in May')
    expect(await first.kill('SIGTERM')).toBe(0)
    const second = await (await start()).ready()
    expect(await ask(second)).toEqual(before)
    const again = await second.api.post<RememberBody>('/memory', { user_id: 'ana', content: 'The safe opens with four quiet turns left' })
    expect(again.body.results[0]!.status).toBe('blocked')
  })

  const expectRefusal = async (child: Child, message: RegExp): Promise<void> => {
    const code = await child.exited
    expect(code).not.toBe(0)
    const said = child.errors + child.output
    expect(said).toMatch(message)
    expect(said).not.toMatch(/^\s+at .*\(.*:\d+:\d+\)$/m)
  }

  const embeddedIt = testServer() ? it.skip : it
  embeddedIt('refuses a DATA_DIR that another process has, by its name', async () => {
    const first = await (await start()).ready()
    const second = await start()
    await expectRefusal(second, /DATA_DIR/)
    expect(second.errors + second.output).toContain(join(folder, 'data'))
    expect((await first.api.get('/health/ready')).status).toBe(200)
  })

  it('finishes a request that is under way when it is told to end, takes no other, and ends with 0', async () => {
    const first = await (await start()).ready()
    await first.api.remember({ user_id: 'ana', content: 'The first ferry leaves at six' })
    const { arrived, go } = embedder.pause()
    const remembered = first.api.remember({ user_id: 'ana', content: 'The last ferry leaves at midnight' })
    await arrived
    const ended = first.kill('SIGTERM')
    while (await first.api.get('/health').then(({ status }) => status === 200, () => false));
    go()
    const [id] = await remembered
    expect(await ended).toBe(0)
    const second = await (await start()).ready()
    expect(await second.api.memory('ana', id!)).toMatchObject({ content: 'The last ferry leaves at midnight' })
  })

  it('says which port is taken', async () => {
    const taken = createServer()
    await new Promise<void>((done) => taken.listen(0, '127.0.0.1', done))
    const port = String((taken.address() as AddressInfo).port)
    await expectRefusal(await start({ PORT: port }), new RegExp(`${port}|PORT`))
    await new Promise((done) => taken.close(done))
  })

  it.each<[string, Record<string, string>, RegExp]>([
    ['a DATABASE_URL to nowhere', { DATABASE_URL: 'postgresql://me:hunter2hunter2@127.0.0.1:1/none', APP_SECRET: 'a secret long enough', REDIS_URL: 'redis://127.0.0.1:1' }, /DATABASE_URL/],
    ['a DATABASE_URL of SQLAlchemy to nowhere', { DATABASE_URL: 'postgresql+psycopg://me:hunter2hunter2@127.0.0.1:1/none', APP_SECRET: 'a secret long enough', REDIS_URL: 'redis://127.0.0.1:1' }, /DATABASE_URL/],
    ['a DATABASE_URL without APP_SECRET', { DATABASE_URL: 'postgresql://me:hunter2hunter2@127.0.0.1:1/none' }, /APP_SECRET/],
    ['another HOST without a key', { HOST: '0.0.0.0' }, /ADMIN_API_KEY/],
    ['a port that is none', { PORT: '70000' }, /PORT/],
    ['a threshold above 1', { MEMORY_SALIENCE_WRITE_THRESHOLD: '2' }, /MEMORY_SALIENCE_WRITE_THRESHOLD/],
    ['too short a secret', { APP_SECRET: 'hunter2' }, /APP_SECRET/],
  ])('refuses %s with a message that names it and no secret', async (_, env, message) => {
    const child = await start(env)
    await expectRefusal(child, message)
    expect(child.errors + child.output).not.toContain('hunter2')
  })

  embeddedIt('refuses a filled store whose secret was lost, until it is restored or its loss is accepted', async () => {
    const file = join(folder, 'data.secret')
    const text = 'The safe opens with four quiet turns left'
    const first = await (await start()).ready()
    const [safe] = await first.api.remember({ user_id: 'ana', content: text })
    await first.api.forget({ user_id: 'ana', id: safe })
    await first.kill('SIGTERM')
    const secret = readFileSync(file, 'utf8')
    rmSync(file)
    const refused = await start()
    await expectRefusal(refused, /Restore .*data\.secret from a backup/)
    expect(refused.errors + refused.output).toContain('APP_SECRET_CHANGED=accept')
    await expectRefusal(await start({ APP_SECRET: 'another secret of sixteen letters' }), /Set APP_SECRET to the former secret/)

    const again = async (child: Child): Promise<string> => (await child.api.post<RememberBody>('/memory', { user_id: 'ana', content: text })).body.results[0]!.status
    const cured = await (await start({ APP_SECRET: secret.trim() })).ready()
    expect(await again(cured)).toBe('blocked')
    await cured.kill('SIGTERM')
    const accepted = await (await start({ APP_SECRET_CHANGED: 'accept' })).ready()
    expect(accepted.errors).toContain('is no longer kept away')
    expect(await again(accepted)).toBe('stored')
    await accepted.kill('SIGTERM')
    expect((await (await (await start()).ready()).api.get('/health/ready')).status).toBe(200)
  })

  it('refuses another model on a filled store and names the cure', async () => {
    const first = await (await start()).ready()
    await first.api.remember({ user_id: 'ana', content: 'A memory with vectors of one model' })
    await first.kill('SIGTERM')
    await expectRefusal(await start({ EMBEDDING_MODEL: 'other-model' }), /EMBEDDING_MODEL=hash/)
    expect((await (await (await start()).ready()).api.get('/health/ready')).status).toBe(200)
  })
})
