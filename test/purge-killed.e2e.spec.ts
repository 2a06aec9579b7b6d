import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import pg from 'pg'
import { OpenAiServer } from '../libs/embeddings/testing'
import { freePort } from './servers/free-port'
import { Child, ensureBuilt } from './support/built'
import { wordsOnDisk } from './support/disk'
import { type FreshStore, freshStore } from './support/fresh-store'

const ana = 'ana'

describe('a process that is killed while it purges', () => {
  let folder: string
  let store: FreshStore
  let embedder: OpenAiServer
  const children: Child[] = []
  beforeAll(async () => {
    ensureBuilt()
    embedder = await OpenAiServer.start()
    folder = mkdtempSync(join(tmpdir(), 'reverie-killed-'))
    store = await freshStore(join(folder, 'data'))
  })
  afterAll(async () => {
    await Promise.all(children.map((child) => child.kill('SIGKILL')))
    await embedder?.close()
    await store?.drop()
    rmSync(folder, { recursive: true, force: true })
  })

  const start = async (): Promise<Child> => {
    const child = Child.start({
      DATA_DIR: join(folder, 'data'), PORT: String(await freePort()), EMBEDDING_PROVIDER: 'openai', EMBEDDING_MODEL: 'hash', EMBEDDING_BASE_URL: embedder.url, ...store.env,
    })
    children.push(child)
    return child.ready()
  }
  /** What changes with the first table that is written anew. */
  const files = async (): Promise<string> => {
    const { DATABASE_URL } = store.env
    if (DATABASE_URL === undefined) return String(Math.max(...readdirSync(join(folder, 'data/postgres/base/5')).filter((name) => /^\d+$/.test(name)).map(Number)))
    const client = new pg.Client({ connectionString: DATABASE_URL })
    await client.connect()
    const { rows } = await client.query('select string_agg(pg_relation_filenode(oid)::text, $1 order by oid) as files from pg_class', [' '])
    await client.end()
    return rows[0].files
  }

  it('leaves its receipt unpurged and the store whole, and the next purge ends what it began', async () => {
    const first = await start()
    const contents = Array.from({ length: 30 }, (_, i) => `The tram of line ${i} was late at the corner`)
    const kept = await first.api.remember({ user_id: ana, messages: contents.map((content) => ({ content })) })
    const [early, late] = await first.api.remember({ user_id: ana, messages: [{ content: 'A frumious bandersnatch sits there' }, { content: 'A galumphing borogove stands there' }] })
    const { receipt } = await first.api.forget({ user_id: ana, id: early })
    const before = await files()
    const purging = first.api.post('/maintenance/purge', {}).then(() => 'done', () => 'cut short')
    while (await files() === before) await setImmediate()
    await first.kill('SIGKILL')
    expect(await purging).toBe('cut short')

    const { api } = await start()
    const purged = async (id: string): Promise<unknown> => (await api.get<{ purged: boolean }>(`/memory/forget/receipts/${id}`, { user_id: ana })).body.purged
    expect(await purged(receipt.id)).toBe(false)
    expect((await api.recall({ user_id: ana, q: 'late tram', k: 100 })).results.map((one) => one.id).sort()).toEqual([...kept, late].sort())
    // What was alive then, and so perhaps in a file that was left behind.
    const second = (await api.forget({ user_id: ana, id: late })).receipt
    let answer: { status: number }
    // On a server the connection of the killed process may still have its lock.
    do answer = await api.post('/maintenance/purge', {})
    while (answer.status === 409)
    expect(answer).toMatchObject({ status: 200, body: { purged: 2 } })
    expect([await purged(receipt.id), await purged(second.id)]).toEqual([true, true])
    expect((await api.recall({ user_id: ana, q: 'late tram', k: 100 })).results.map((one) => one.id).sort()).toEqual([...kept].sort())
    expect(wordsOnDisk([folder], ['bandersnatch', 'borogove'])).toEqual([])
  })
})
