import { FixedClock, newId, userUuid } from '#kernel'
import { openTestDatabase, type TestDatabase, testServer } from '../database/testing'
import { MIGRATIONS } from '../../migrations'
import { INDEXED_HEADS, indexOf, VectorIndexes } from './vector-indexes'

const NOW = new Date('2025-05-15T12:00:00Z')
const RULES = { threshold: 20 }
const ANA = userUuid('ana')
const OF_ANA = INDEXED_HEADS.map((head) => indexOf(ANA, head))

const onServer = testServer() ? describe : describe.skip

onServer('indexes over signatures', () => {
  let database: TestDatabase
  let indexes: VectorIndexes
  const clock = new FixedClock(NOW)
  beforeEach(async () => {
    clock.set(NOW)
    database = await openTestDatabase({ migrations: MIGRATIONS })
    indexes = new VectorIndexes(database, database.sql, clock)
  })
  afterEach(() => database?.close())

  const sign = async (userId: string, count: number): Promise<void> => {
    const bits = `(select string_agg(round(random())::text, '')::bit(768) from generate_series(1, 768) where i > 0)`
    await database.sql.run({ userId }, `insert into memory_signature (user_id, trace_id, model, semantic, situation)
      select $1, id, 'test', ${bits}, ${bits} from unnest($2::uuid[]) with ordinality as t(id, i)`, [userId, Array.from({ length: count }, () => newId(NOW))])
  }
  const defined = async (name: string): Promise<string> => {
    const [index] = await database.dataSource.query('select indisvalid as valid, pg_get_indexdef(indexrelid) as text from pg_index where indexrelid = to_regclass($1)', [name])
    return index === undefined ? 'none' : index.valid ? index.text : 'invalid'
  }
  const minuteLater = (): void => clock.set(new Date(clock.now().getTime() + 60_000))

  it('are built for a user who has many, over the heads that recall searches, and then left alone', async () => {
    await sign(ANA, RULES.threshold + 1)
    expect(await indexes.serve(ANA)).toBe(false)
    expect(await indexes.maintain(RULES)).toEqual({ built: OF_ANA, dropped: [] })
    expect(await defined(OF_ANA[0]!)).toContain(`USING hnsw (semantic bit_hamming_ops) WITH (m='16', ef_construction='64') WHERE (user_id = '${ANA}'::uuid)`)
    const [owner] = await database.dataSource.query('select pg_get_userbyid(relowner) as name from pg_class where relname = $1', [OF_ANA[0]])
    expect(owner).toEqual({ name: 'reverie_maintenance' })
    expect(await indexes.maintain(RULES)).toEqual({ built: [], dropped: [] })
    expect(await new VectorIndexes(database, database.sql, clock).serve(ANA)).toBe(true)
  })

  it('are noticed by a process that runs within a minute or two', async () => {
    await sign(ANA, RULES.threshold + 1)
    expect(await indexes.serve(ANA)).toBe(false)
    await indexes.maintain(RULES)
    expect(await indexes.serve(ANA)).toBe(false)
    minuteLater()
    while (!(await indexes.serve(ANA))) await database.sql.one('maintenance', 'select 1')
    expect(await indexes.serve(userUuid('ben'))).toBe(false)
  })

  it('are not built for users who have few each', async () => {
    for (const name of ['ana', 'ben']) await sign(userUuid(name), RULES.threshold)
    expect(await indexes.maintain(RULES)).toEqual({ built: [], dropped: [] })
  })

  it('go when their user has far fewer, and not before', async () => {
    await sign(ANA, RULES.threshold + 1)
    await indexes.maintain(RULES)
    const leave = (n: number): Promise<number> => database.sql.run({ userId: ANA }, `delete from memory_signature where user_id = $1
      and trace_id not in (select trace_id from memory_signature order by trace_id limit ${n})`, [ANA])
    await leave(RULES.threshold - 5)
    expect(await indexes.maintain(RULES)).toEqual({ built: [], dropped: [] })
    await leave(3)
    expect(await indexes.maintain(RULES)).toEqual({ built: [], dropped: OF_ANA })
    expect(await defined(OF_ANA[0]!)).toBe('none')
  })

  it('are tended by one process at a time, and built anew when it died half-way', async () => {
    await sign(ANA, RULES.threshold + 1)
    // A write that is under way keeps the build waiting.
    const writer = await database.pool.connect()
    await writer.query('begin; delete from memory_signature where false')
    const building = expect(indexes.maintain(RULES)).rejects.toThrow()
    let pid: number | undefined
    while (pid === undefined) {
      pid = (await database.dataSource.query(`select pid from pg_stat_activity where datname = current_database() and query like 'create index concurrently%'
        and wait_event_type = 'Lock'`))[0]?.pid
    }
    expect(await indexes.maintain(RULES)).toBeUndefined()
    await database.dataSource.query('select pg_terminate_backend($1)', [pid])
    await building
    await writer.query('rollback')
    writer.release()
    expect(await defined(OF_ANA[0]!)).toBe('invalid')
    expect(await indexes.serve(ANA)).toBe(false)
    expect(await indexes.maintain(RULES)).toEqual({ built: OF_ANA, dropped: [] })
    for (const name of OF_ANA) expect(await defined(name)).toContain('hnsw')
  })

  it('leave no role and no time limit behind on connections', async () => {
    await indexes.maintain(RULES)
    expect(await database.dataSource.query(`select current_user = session_user as same`)).toEqual([{ same: true }])
  })
})

const embedded = testServer() ? it.skip : it
embedded('an embedded store has no indexes to maintain', async () => {
  const database = await openTestDatabase({ migrations: MIGRATIONS })
  const indexes = new VectorIndexes(database, database.sql, new FixedClock(NOW))
  expect(await indexes.maintain(RULES)).toBeUndefined()
  expect(await indexes.serve(ANA)).toBe(false)
  await database.close()
})
