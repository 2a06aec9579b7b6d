import { AsyncResource } from 'node:async_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Sql } from './sql'
import { halfvecBinary } from './halfvec'
import { PgSql } from './pg.sql'
import { openTestDatabase, type TestDatabase } from './testing'
import { Notes1700000000000 } from './testing/notes.migration'

const ANA = { userId: '00000000-0000-4000-8000-00000000000a' }
const BEN = { userId: '00000000-0000-4000-8000-00000000000b' }
const INSERT = `insert into note (user_id, content) values (nullif(current_setting('app.user_id', true), '')::uuid, $1)`

let db: TestDatabase
let sql: Sql
beforeAll(async () => {
  db = await openTestDatabase({ migrations: [Notes1700000000000] })
  sql = db.sql
})
afterAll(() => db?.close())
beforeEach(() => sql.run('maintenance', 'delete from note'))

const contents = async (scope: Parameters<Sql['many']>[0]) =>
  (await sql.many<{ content: string }>(scope, 'select content from note order by content')).map((r) => r.content)

describe('one statement', () => {
  it('sees the rows of its user alone', async () => {
    expect(await sql.run(ANA, INSERT, ['a'])).toBe(1)
    expect(await sql.run(BEN, INSERT, ['b'])).toBe(1)
    expect(await contents(ANA)).toEqual(['a'])
    expect(await contents(BEN)).toEqual(['b'])
    expect(await contents('maintenance')).toEqual(['a', 'b'])
    expect(await sql.run(ANA, 'update note set content = content')).toBe(1)
    await expect(sql.run(ANA, 'insert into note (user_id, content) values ($1, $2)', [BEN.userId, 'forged']))
      .rejects.toMatchObject({ code: '42501' })
  })

  it('leaves no user and no role behind on the connection', async () => {
    await sql.many(ANA, 'select 1')
    const { rows } = await db.pool.query(`select current_setting('app.user_id', true) as user_id, current_user = session_user as same`)
    expect(rows).toEqual([{ user_id: '', same: true }])
    // The empty string that is left sees nothing, rather than failing to be cast.
    const bare = `begin; set local role reverie_app; select count(*)::int as n from note; commit`
    const results = (await db.pool.query(bare)) as unknown as { rows: unknown[] }[]
    expect(results[2]!.rows).toEqual([{ n: 0 }])
  })

  it('gives the result of the statement and not of the scope before it', async () => {
    expect(await sql.many(ANA, 'select $1::int as x union all select 2 order by x', [1])).toEqual([{ x: 1 }, { x: 2 }])
    expect(await sql.many(ANA, 'select 1 as x where false')).toEqual([])
    expect(await sql.one(ANA, 'select 1 as x where false')).toBeUndefined()
    expect(await sql.one(ANA, `select current_user as role, current_setting('app.user_id') as id`))
      .toEqual({ role: 'reverie_app', id: ANA.userId })
    expect(await sql.one('maintenance', 'select current_user as role')).toEqual({ role: 'reverie_maintenance' })
    expect(await sql.run(ANA, '')).toBe(0)
  })

  it('carries the code of Postgres and leaves the connection usable', async () => {
    for (let i = 0; i < 25; i++) {
      await expect(sql.many(ANA, 'selec 1')).rejects.toMatchObject({ code: '42601' }) // fails in Parse
      await expect(sql.many(ANA, 'select $1::int', ['x'])).rejects.toMatchObject({ code: '22P02' }) // in Bind
      await expect(sql.many(ANA, 'select 1 / $1::int', [0])).rejects.toMatchObject({ code: '22012' }) // in Execute
    }
    expect(await sql.one(ANA, 'select 1 as x')).toEqual({ x: 1 })
    expect(db.pool.totalCount).toBeLessThanOrEqual(2)
    await expect(sql.many(ANA, 'selec 1')).rejects.toHaveProperty('stack', expect.stringContaining('pg.sql.int.spec'))
  })

  it('survives a parameter that cannot be sent', async () => {
    const bad = { toPostgres: () => { throw new Error('cannot be sent') } }
    await expect(sql.many(ANA, 'select $1', [bad])).rejects.toThrow('cannot be sent')
    expect(await sql.one(ANA, 'select 1 as x')).toEqual({ x: 1 })
  })

  it('can be kept with its plan, and sees its user, changed tables and its parameters all the same', async () => {
    const mine = async (scope: typeof ANA, like: string) =>
      (await sql.manyKept<{ content: string }>(scope, 'select content from note where content like $1 order by 1', [like])).map((r) => r.content)
    await sql.run(ANA, INSERT, ['a'])
    await sql.run(BEN, INSERT, ['b'])
    for (let i = 0; i < 8; i++) {
      expect(await mine(ANA, '%')).toEqual(['a'])
      expect(await mine(BEN, '%')).toEqual(['b'])
      expect(await mine(BEN, 'a')).toEqual([])
    }
    await db.dataSource.query('create index note_content_again on note (content); drop index note_content_again')
    expect(await Promise.all([mine(ANA, '%'), mine(BEN, '%'), mine(ANA, 'a')])).toEqual([['a'], ['b'], ['a']])
    expect(await sql.transaction(ANA, () => mine(ANA, '%'))).toEqual(['a'])
    for (let i = 0; i < 12; i++) {
      await expect(sql.manyKept(ANA, 'select 1 / $1::int as x', [0])).rejects.toMatchObject({ code: '22012' })
      await expect(sql.manyKept(ANA, 'select nothing from nowhere')).rejects.toMatchObject({ code: '42P01' })
      expect(await sql.manyKept(ANA, `select ${i} as x`)).toEqual([{ x: i }])
    }
    expect(await sql.manyKept(ANA, 'select 1 / $1::int as x', [1])).toEqual([{ x: 1 }])
  })

  it('does nothing at all when the statement fails', async () => {
    await sql.run(ANA, INSERT, ['a'])
    await expect(sql.run(ANA, `with n as (insert into note (user_id, content) values ($1, 'n')) select 1 / 0`, [ANA.userId]))
      .rejects.toMatchObject({ code: '22012' })
    expect(await contents(ANA)).toEqual(['a'])
  })

  it('refuses a user id that is none', async () => {
    await sql.run(ANA, INSERT, ['a'])
    await expect(sql.many({ userId: `' or true` }, 'select * from note')).rejects.toMatchObject({ code: '22P02' })
  })
})

describe('a transaction', () => {
  it('commits what it did, as its user', async () => {
    const result = await sql.transaction(ANA, async () => {
      expect(sql.inTransaction).toBe(true)
      await sql.run(ANA, INSERT, ['a'])
      await Promise.all([sql.run(ANA, INSERT, ['b']), sql.run(ANA, INSERT, ['c'])])
      expect(await contents(BEN).catch((e: Error) => e.message)).toMatch(/another scope/)
      return contents(ANA)
    })
    expect(result).toEqual(['a', 'b', 'c'])
    expect(sql.inTransaction).toBe(false)
    expect(await contents(ANA)).toEqual(['a', 'b', 'c'])
    expect(await contents(BEN)).toEqual([])
  })

  it('rolls back when the work throws', async () => {
    const work = sql.transaction(ANA, async () => {
      await sql.run(ANA, INSERT, ['a'])
      throw new Error('changed my mind')
    })
    await expect(work).rejects.toThrow('changed my mind')
    expect(await contents(ANA)).toEqual([])
  })

  it('is joined by another of the same scope', async () => {
    await sql.transaction(ANA, async () => {
      await sql.run(ANA, INSERT, ['a'])
      await sql.transaction({ ...ANA }, () => sql.run(ANA, INSERT, ['b']))
    })
    expect(await contents(ANA)).toEqual(['a', 'b'])
    await expect(sql.transaction(ANA, async () => {
      await sql.transaction(ANA, () => sql.run(ANA, INSERT, ['c']))
      throw new Error('outer')
    })).rejects.toThrow('outer')
    expect(await contents(ANA)).toEqual(['a', 'b'])
  })

  it('refuses another scope', async () => {
    await sql.transaction(ANA, async () => {
      await expect(sql.transaction(BEN, async () => 1)).rejects.toThrow(/another scope/)
      await expect(sql.many('maintenance', 'select 1')).rejects.toThrow(/another scope/)
      await sql.run(ANA, INSERT, ['a'])
    })
    expect(await contents(ANA)).toEqual(['a'])
  })

  it('does not pretend to have committed after a statement failed and the error was swallowed', async () => {
    const work = sql.transaction(ANA, async () => {
      await sql.run(ANA, INSERT, ['a'])
      await sql.run(ANA, 'select 1 / 0').catch(() => {})
    })
    await expect(work).rejects.toThrow(/rolled back/)
    expect(await contents(ANA)).toEqual([])
  })

  it('reports what fails at the commit, and leaves the connection usable', async () => {
    const work = sql.transaction('maintenance', async () => {
      await sql.run('maintenance', 'set constraints all deferred')
      await sql.run('maintenance', `insert into note (user_id, content) values ($1, 'twice'), ($1, 'twice')`, [ANA.userId])
    })
    await expect(work).rejects.toMatchObject({ code: '23505' })
    expect(await contents('maintenance')).toEqual([])
  })

  it('keeps nothing that a branch does after another has failed', async () => {
    let late: Promise<unknown> | undefined
    const branch = async () => {
      await sleep(30)
      await sql.run(ANA, INSERT, ['late'])
    }
    await expect(sql.transaction(ANA, () => Promise.all([sql.many(ANA, 'select 1 / 0'), (late = branch())]))).rejects.toMatchObject({ code: '22012' })
    await expect(late).rejects.toThrow(/rolled back/)
    expect(await contents(ANA)).toEqual([])
  })

  it('is over for what it has started and outlives it', async () => {
    let later: Promise<unknown> | undefined
    await sql.transaction(ANA, async () => {
      later = sleep(20).then(async () => {
        expect(sql.inTransaction).toBe(false)
        await sql.run(BEN, INSERT, ['later'])
      })
    })
    await later
    expect(await contents(BEN)).toEqual(['later'])
  })

  it('does not mix with nineteen others', async () => {
    const users = Array.from({ length: 20 }, (_, i) => ({ userId: `00000000-0000-4000-8000-0000000001${String(i).padStart(2, '0')}` }))
    await Promise.all(users.map((user, i) => sql.transaction(user, async () => {
      await sql.run(user, INSERT, [`${i} first`])
      await sleep(2)
      const seen = await contents(user)
      expect(seen).toEqual([`${i} first`])
      await sql.run(user, INSERT, [`${i} second`])
      if (i % 4 === 0) throw new Error('back')
    }).catch((error: Error) => expect(error.message).toBe('back'))))
    for (const [i, user] of users.entries()) expect(await contents(user)).toEqual(i % 4 === 0 ? [] : [`${i} first`, `${i} second`])
  })

  it('and single statements of many users at once each keep their own', async () => {
    const users = Array.from({ length: 40 }, (_, i) => ({ userId: `00000000-0000-4000-8000-0000000002${String(i).padStart(2, '0')}` }))
    const seen = await Promise.all(users.map((user) => sql.one<{ id: string }>(user, `select current_setting('app.user_id') as id`)))
    expect(seen.map((r) => r?.id)).toEqual(users.map((u) => u.userId))
  })
})

describe('a snapshot', () => {
  it('sees one state of the store on a server, and lets others write meanwhile on either', async () => {
    await sql.run(ANA, INSERT, ['a'])
    const somebodyElse = AsyncResource.bind(() => sql.run(ANA, INSERT, ['b']))
    const seen = await sql.snapshot(ANA, async () => {
      const before = await contents(ANA)
      await somebodyElse()
      return [before, await contents(ANA)]
    })
    expect(seen).toEqual([['a'], db.backend === 'postgresql' ? ['a'] : ['a', 'b']])
    expect(await contents(ANA)).toEqual(['a', 'b'])
  })

  it('writes nothing on a server', async () => {
    const write = sql.snapshot(ANA, () => sql.run(ANA, INSERT, ['a']))
    if (db.backend === 'postgresql') await expect(write).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining('read-only') })
    else expect(await write).toBe(1)
  })
})

describe('a second client inside a transaction', () => {
  it('is refused at once, whoever asks the pool', async () => {
    await sql.transaction(ANA, async () => {
      await expect(db.pool.connect()).rejects.toThrow(/second database client/)
      await expect(db.pool.query('select 1')).rejects.toThrow(/second database client/)
      await expect(db.dataSource.query('select 1')).rejects.toThrow(/second database client/)
      await expect(db.dataSource.transaction(async () => 1)).rejects.toThrow(/second database client/)
      const own = new db.driver.Pool({ max: 2, connectionString: undefined })
      await expect(own.query('select 1')).rejects.toThrow(/second database client/)
      await sql.run(ANA, INSERT, ['a'])
    })
    expect(await contents(ANA)).toEqual(['a'])
    expect((await db.pool.query('select 1 as x')).rows).toEqual([{ x: 1 }])
  })

  it('is nobody else\'s affair', async () => {
    await Promise.all([
      sql.transaction(ANA, () => sleep(30)),
      sleep(10).then(() => db.pool.query('select 1')),
      sleep(10).then(() => sql.many(BEN, 'select 1')),
    ])
  })
})

describe('values', () => {
  const v = Float32Array.from([1, -0.5, 0.25, 0, 0.125, -1, 2, -2])

  it('stores halfvec from binary, and bits', async () => {
    await sql.run(ANA, 'insert into vectors values (1, $1::halfvec, $2::bit(8))', [halfvecBinary(v), '10101010'])
    expect(await sql.one(ANA, 'select vec::text as vec, bits::text as bits, vec <=> $1::halfvec as d from vectors', [halfvecBinary(v)]))
      .toEqual({ vec: '[1,-0.5,0.25,0,0.125,-1,2,-2]', bits: '10101010', d: 0 })
    expect(await sql.one(ANA, 'select bits <~> binary_quantize($1::halfvec) as d from vectors', [halfvecBinary(v)])).toEqual({ d: 0 })
  })

  it('passes bytes, arrays, JSON, dates and null', async () => {
    const row = await sql.one(ANA, 'select $1::bytea as b, $2::text[] as a, $3::jsonb as j, $4::timestamptz as t, $5::text as n', [
      Buffer.from([0, 255]), ['x', 'y "z"'], { k: [1] }, new Date('2024-02-29T12:00:00.123Z'), null,
    ])
    expect(row).toEqual({ b: Buffer.from([0, 255]), a: ['x', 'y "z"'], j: { k: [1] }, t: new Date('2024-02-29T12:00:00.123Z'), n: null })
  })

  it('has the session settings', async () => {
    const names = ['plan_cache_mode', 'jit', 'max_parallel_workers_per_gather', 'hnsw.iterative_scan', 'hnsw.ef_search', 'timezone']
    const row = await sql.one<{ s: string[] }>(ANA, 'select array_agg(current_setting(n) order by i) as s from unnest($1::text[]) with ordinality u(n, i)', [names])
    expect(row?.s).toEqual(['force_custom_plan', 'off', '0', 'relaxed_order', '200', 'UTC'])
  })
})

it('works over a data source', async () => {
  expect(await PgSql.over(db.dataSource).one(ANA, 'select 1 as x')).toEqual({ x: 1 })
})

it('vacuums outside any transaction', async () => {
  await sql.run(ANA, INSERT, ['a'])
  await db.vacuum()
  expect(await sql.one('maintenance', `select reltuples::int as n from pg_class where relname = 'note'`)).toEqual({ n: 1 })
  await sql.transaction(ANA, () => expect(db.vacuum()).rejects.toThrow(/second database client/))
})
