import pg from 'pg'
import { createOnServer, testServer } from './testing'
import { type Database, openDatabase } from './database'
import { Notes1700000000000 } from './testing/notes.migration'

const signal = new AbortController().signal
/** It asks again and again for who is open, and does nothing else. */
const ASKING = `query like '%pg_prepared_xacts%'`
const WAITING = `query like 'vacuum (full)%' and wait_event_type = 'Lock'`

describe('the purge of a store on a server', () => {
  let url: string
  let database: Database
  let other: pg.Client
  let drop: () => Promise<void>
  beforeAll(async () => {
    const created = await createOnServer(testServer()!)
    ;({ url, drop } = created)
    database = await openDatabase({ backend: 'postgresql', url, migrations: [Notes1700000000000] })
    other = new pg.Client({ connectionString: url })
    await other.connect()
  })
  afterAll(async () => {
    await other?.end()
    await database?.close()
    await drop?.()
  })

  const file = async (): Promise<unknown> => (await database.dataSource.query(`select pg_relation_filenode('note') as file`))[0].file
  const sees = async (activity: string): Promise<boolean> =>
    (await database.dataSource.query(`select 1 from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and ${activity}`)).length > 0

  it('is free again for the next as soon as one has ended, whether well or not', async () => {
    for (let round = 0; round < 50; round++) {
      expect(await database.purge(async () => round)).toBe(round)
      await expect(database.purge(() => Promise.reject(new Error('broke off')))).rejects.toThrow('broke off')
    }
  })

  it('waits for who might still see what was deleted', async () => {
    await other.query('begin isolation level repeatable read; select 1')
    let rewritten = false
    const rewriting = database.purge((store) => store.rewrite(undefined, signal)).then(() => (rewritten = true))
    const before = await file()
    while (!await sees(ASKING)) expect(rewritten).toBe(false)
    expect(await file()).toBe(before)
    await other.query('commit')
    await rewriting
    expect(await file()).not.toBe(before)
  })

  it('waits its turn for a table that somebody uses who came later, and does not wait long at once', async () => {
    await other.query('begin isolation level repeatable read; select 1')
    const rewriting = database.purge((store) => store.rewrite(undefined, signal))
    while (!await sees(ASKING)) await file()
    const later = new pg.Client({ connectionString: url })
    await later.connect()
    await later.query('begin; lock table note in access share mode')
    await other.query('commit')
    // Refused after two seconds, it tries again.
    for (const state of [true, false, true]) while (await sees(WAITING) !== state) await file()
    await later.query('commit')
    await later.end()
    expect(await rewriting).toBeGreaterThan(0)
  })

  it('drops indexes over vectors before and builds them again after', async () => {
    const indexes = async (): Promise<{ name: string; valid: boolean }[]> => database.dataSource.query(`select c.relname as name, indisvalid as valid from pg_index i
      join pg_class c on c.oid = i.indexrelid where i.indrelid = 'vectors'::regclass order by 1`)
    const before = await indexes()
    expect(before.map(({ name }) => name)).toContain('vectors_vec_idx')
    await database.purge((store) => store.rewrite(undefined, signal))
    expect(await indexes()).toEqual(before)
  })

  it('is done by one process at a time', async () => {
    expect(await database.purge(() => database.purge(async () => 'both'))).toBeUndefined()
  })
})
