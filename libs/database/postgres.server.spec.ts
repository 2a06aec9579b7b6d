import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase } from './database'
import { createOnServer, testServer } from './testing'
import { Notes1700000000000 } from './testing/notes.migration'

const USER = { userId: '00000000-0000-4000-8000-00000000000a' }
const migrations = [Notes1700000000000]

// Needs a real server; what both stores do is in pg.sql.int.spec.ts.
const onServer = testServer() ? describe : describe.skip

onServer('a Postgres server', () => {
  let url: string
  let drop: () => Promise<void>
  beforeAll(async () => {
    ({ url, drop } = await createOnServer(testServer()!))
  })
  afterAll(() => drop?.())

  const changed = (change: (url: URL) => void) => {
    const other = new URL(url)
    change(other)
    return other.toString()
  }

  it('is refused a start with the cause and the cure', async () => {
    const open = (address: string) => openDatabase({ backend: 'postgresql', url: address, migrations })
    await expect(open(changed((u) => (u.password = 'wrong')))).rejects.toMatchObject({ name: 'StartupError', message: expect.stringMatching(/log in/) })
    await expect(open(changed((u) => (u.password = '')))).rejects.toMatchObject({ name: 'StartupError', message: expect.stringMatching(/log in/) })
    await expect(open(changed((u) => (u.pathname = '/none')))).rejects.toMatchObject({ name: 'StartupError', message: expect.stringMatching(/exist/) })
    const admin = await openDatabase({ backend: 'postgresql', url })
    try {
      await admin.pool.query(`drop role if exists reverie_test_weak; create role reverie_test_weak login password 'weak'`)
      const weak = changed((u) => ((u.username = 'reverie_test_weak'), (u.password = 'weak')))
      await expect(open(weak)).rejects.toMatchObject({ name: 'StartupError', message: expect.stringMatching(/lacks a right/) })
    } finally {
      await admin.pool.query('drop role if exists reverie_test_weak')
      await admin.close()
    }
  })

  it('is migrated by one of twenty that start at once, even with one connection each', async () => {
    const { url: empty, drop: dropEmpty } = await createOnServer(testServer()!)
    const all = await Promise.all(Array.from({ length: 20 }, () => openDatabase({ backend: 'postgresql', url: empty, poolMax: 1, migrations, servesSince: 1700000000000 })))
    expect(await all[0]!.dataSource.query('select name from migration')).toEqual([{ name: 'Notes1700000000000' }])
    expect(all.flatMap((db) => db.migrated)).toEqual(['Notes1700000000000'])
    expect(await all[0]!.schema()).toEqual({ pending: [], latest: 1700000000000, servesSince: 1700000000000 })
    await Promise.all(all.map((db) => db.close()))
    await dropEmpty()
  })

  it('may break connections: callers are told, and the next call works', async () => {
    const db = await openDatabase({ backend: 'postgresql', url, migrations })
    const killOthers = async () => {
      const killer = await openDatabase({ backend: 'postgresql', url })
      await killer.pool.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()')
      await killer.close()
    }
    const sleeping = expect(db.sql.many(USER, 'select pg_sleep(20)')).rejects.toMatchObject({ code: 'unavailable' })
    const inside = expect(db.sql.transaction(USER, async () => {
      await db.sql.run(USER, `insert into note (user_id, content) values ($1, 'lost')`, [USER.userId])
      await sleep(400)
      await db.sql.many(USER, 'select 1')
    })).rejects.toMatchObject({ code: 'unavailable' })
    await sleep(100)
    await killOthers()
    await Promise.all([sleeping, inside])
    expect(await db.sql.many(USER, 'select * from note')).toEqual([])
    await killOthers() // idle ones
    await sleep(50)
    expect(await db.sql.one(USER, 'select 1 as x')).toEqual({ x: 1 })
    await db.close()
  })

  it('joins the options of its address with ours', async () => {
    const db = await openDatabase({ backend: 'postgresql', url: changed((u) => u.searchParams.set('options', '-c work_mem=8MB')) })
    const { rows } = await db.pool.query(`select current_setting('work_mem') as w, current_setting('jit') as j, current_setting('TimeZone') as z`)
    expect(rows).toEqual([{ w: '8MB', j: 'off', z: 'UTC' }])
    await db.close()
  })

  it('says that it is busy when no connection comes free', async () => {
    const db = await openDatabase({ backend: 'postgresql', url, poolMax: 1, waitMs: 200 })
    const client = await db.pool.connect()
    await expect(db.sql.many('maintenance', 'select 1')).rejects.toMatchObject({ code: 'unavailable' })
    client.release()
    await db.close()
  })
})
