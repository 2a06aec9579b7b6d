import { type EventEmitter, once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { AmbientTransaction } from './ambient-transaction'
import { SESSION_BUSY } from './database-errors'
import { embeddedDriver, type PgDriver } from './pglite.driver'
import { PgliteProcess } from './pglite-process'
import { PgSql } from './pg.sql'

// What the embedded store promises beyond a server; what both promise is in pg.sql.int.spec.ts.
let store: PgliteProcess
let driver: PgDriver
let pool: pg.Pool
const ambient = new AmbientTransaction()
beforeAll(async () => {
  store = new PgliteProcess()
  driver = embeddedDriver(store, ambient, { waitMs: 300 })
  pool = new driver.Pool({ max: 10 })
  await pool.query(`create table t (x int primary key, note text); create role reverie_app; create role reverie_maintenance`)
})
afterAll(async () => {
  await pool?.end()
  await store?.close()
})
beforeEach(() => pool.query('truncate t'))

const count = async () => (await pool.query('select count(*)::int as n from t')).rows[0].n as number

describe('the one session', () => {
  it('stays with a client from begin to the end of its transaction', async () => {
    const client = await pool.connect()
    await client.query('begin')
    await client.query('insert into t values (1)')
    let done = false
    const other = count().then((n) => ((done = true), n))
    await sleep(50)
    expect(done).toBe(false)
    await client.query('rollback')
    expect(await other).toBe(0)
    client.release()
  })

  it('stays with a client whose transaction has failed', async () => {
    const client = await pool.connect()
    await client.query('begin')
    await expect(client.query('select 1 / 0')).rejects.toMatchObject({ code: '22012' })
    const other = count()
    await expect(client.query('select 1')).rejects.toMatchObject({ code: '25P02' })
    await client.query('rollback')
    expect(await other).toBe(0)
    client.release()
  })

  it('is not waited for for ever', async () => {
    const client = await pool.connect()
    await client.query('begin')
    await expect(pool.query('select 1')).rejects.toMatchObject({ code: SESSION_BUSY })
    const sql = new PgSql(pool as ConstructorParameters<typeof PgSql>[0])
    await expect(sql.many('maintenance', 'select 1')).rejects.toMatchObject({ code: 'unavailable', message: 'the database is busy' })
    await client.query('commit')
    client.release()
    expect(await sql.one('maintenance', 'select 1 as x')).toEqual({ x: 1 })
  })

  it('is free again after a client left in the middle of a transaction', async () => {
    const client = await pool.connect()
    await client.query('begin; insert into t values (1)')
    client.release(true)
    expect(await count()).toBe(0)
  })

  it('refuses a client that was taken before the transaction, inside it', async () => {
    const before = await pool.connect()
    const sql = new PgSql(pool as ConstructorParameters<typeof PgSql>[0])
    await sql.transaction('maintenance', () => expect(before.query('select 1')).rejects.toThrow(/second database client/))
    expect((await before.query('select 1 as x')).rows).toEqual([{ x: 1 }])
    before.release()
  })
})

describe('clients', () => {
  it('have names of prepared statements of their own', async () => {
    const [a, b] = [await pool.connect(), await pool.connect()]
    for (let i = 0; i < 2; i++) {
      expect((await a.query({ name: 'q', text: 'select $1::int + 1 as x', values: [i] })).rows).toEqual([{ x: i + 1 }])
      expect((await b.query({ name: 'q', text: 'select $1::int * 7 as x', values: [i] })).rows).toEqual([{ x: i * 7 }])
    }
    const prepared = async () => (await pool.query('select count(*)::int as n from pg_prepared_statements where name like $1', ['%_q'])).rows[0].n
    expect(await prepared()).toBe(2)
    a.release(true)
    b.release(true)
    await sleep(20)
    expect(await prepared()).toBe(0)
  })

  it('read a result in portions', async () => {
    const client = await pool.connect()
    const config = { text: 'select generate_series(1, $1::int) as x', values: [25], rows: 10 } as pg.QueryConfig
    expect((await client.query(config)).rows.map((r) => r.x)).toEqual(Array.from({ length: 25 }, (_, i) => i + 1))
    client.release()
    expect(await count()).toBe(0)
  })

  it('get several results, long texts and many rows whole', async () => {
    const results = (await pool.query('select 1 as a; select 2 as b')) as unknown as pg.QueryResult[]
    expect(results.map((r) => r.rows)).toEqual([[{ a: 1 }], [{ b: 2 }]])
    const long = 'é'.repeat(3_000_000)
    expect((await pool.query('select $1::text as x', [long])).rows[0].x).toBe(long)
    expect((await pool.query('select x, repeat($1, 50) as t from generate_series(1, 50000) x', ['ab'])).rowCount).toBe(50_000)
  })

  it('connect alone and by an address, which is ignored', async () => {
    const client = new driver.Client('postgres://somebody@nowhere:1/else')
    await client.connect()
    expect((await client.query('select current_database() as d')).rows).toEqual([{ d: 'postgres' }])
    await client.end()
    const other = new driver.Pool('postgres://somebody@nowhere:1/else')
    expect((await other.query('select 1 as x')).rows).toEqual([{ x: 1 }])
    await other.end()
  })
})

describe('notifications', () => {
  const heard = (client: EventEmitter) => {
    const all: string[] = []
    client.on('notification', ({ channel, payload }: pg.Notification) => all.push(`${channel}:${payload}`))
    return all
  }

  it('go to every client that listens, and to no other', async () => {
    const [a, b, c] = [await pool.connect(), await pool.connect(), await pool.connect()]
    const [inA, inB, inC] = [heard(a), heard(b), heard(c)]
    await a.query('listen one')
    await b.query('LISTEN "one"; listen "Two"')
    await pool.query(`select pg_notify('one', 'x'), pg_notify('Two', 'y')`)
    await sleep(10)
    expect([inA, inB, inC]).toEqual([['one:x'], ['one:x', 'Two:y'], []])
    await a.query('unlisten one') // must not silence b
    await c.query('unlisten *')
    await pool.query(`notify one, 'z'`)
    await sleep(10)
    expect([inA, inB]).toEqual([['one:x'], ['one:x', 'Two:y', 'one:z']])
    for (const client of [a, b, c]) client.release(true)
  })

  it('wait for the commit', async () => {
    const [a, b] = [await pool.connect(), await pool.connect()]
    const inB = heard(b)
    await b.query('listen one')
    await a.query(`begin; notify one, 'x'`)
    await sleep(10)
    expect(inB).toEqual([])
    const first = once(b, 'notification')
    await a.query('commit')
    await first
    expect(inB).toEqual(['one:x'])
    a.release()
    b.release(true)
  })
})
