import { FixedClock, newId, userUuid } from '#kernel'
import { openTestDatabase, type TestDatabase, testServer } from '../database/testing'
import { MIGRATIONS } from '../../migrations'
import { EmbeddingStore } from './embedding.store'
import { hnswOf, VectorIndexes } from './vector-indexes'

const NOW = new Date('2025-05-15T12:00:00Z')
const [MARCH, MAY] = [new Date('2025-03-10T00:00:00Z'), new Date('2025-05-10T00:00:00Z')]
const RULES = { hotDays: 30, threshold: 20 }
const [MAY_MONTH, MARCH_MONTH] = ['memory_embedding_2025_05', 'memory_embedding_2025_03']

const onServer = testServer() ? describe : describe.skip

onServer('indexes over vectors', () => {
  let database: TestDatabase
  let indexes: VectorIndexes
  const clock = new FixedClock(NOW)
  beforeEach(async () => {
    clock.set(NOW)
    database = await openTestDatabase({ migrations: MIGRATIONS })
    indexes = new VectorIndexes(database, clock)
    await new EmbeddingStore(database.sql).ensureMonths([MARCH, MAY])
  })
  afterEach(() => database?.close())

  /** Gives a user vectors of a month. */
  const embed = async (name: string, count: number, at: Date, head = 'semantic'): Promise<void> => {
    const userId = userUuid(name)
    for (let i = 0; i < count; i++) {
      await database.sql.run({ userId }, `insert into memory_embedding (user_id, trace_id, head, vec, bits, model, occurred_at, created_at)
        select $1, $2, $3, v, binary_quantize(v), 'test', $4, $4 from (select array_agg(random() - 0.5)::real[]::halfvec(768) as v from generate_series(1, 768)) r`,
      [userId, newId(NOW), head, at])
    }
  }
  const stateOf = async (month: string): Promise<string> => {
    const [index] = await database.dataSource.query('select indisvalid as valid, pg_get_indexdef(indexrelid) as text from pg_index where indexrelid = to_regclass($1)', [hnswOf(month)])
    return index === undefined ? 'none' : index.valid ? index.text : 'invalid'
  }

  it('are built for a hot month in which one user has many, over the semantic head, and then left alone', async () => {
    await embed('ana', RULES.threshold + 1, MAY)
    expect(await indexes.maintain(RULES)).toEqual({ built: [MAY_MONTH], dropped: [] })
    const text = await stateOf(MAY_MONTH)
    expect(text).toContain("USING hnsw (vec halfvec_cosine_ops) WITH (m='16', ef_construction='64') WHERE (head = 'semantic'::text)")
    const [owner] = await database.dataSource.query('select pg_get_userbyid(relowner) as name from pg_class where relname = $1', [hnswOf(MAY_MONTH)])
    expect(owner).toEqual({ name: 'reverie_maintenance' })
    expect(await indexes.maintain(RULES)).toEqual({ built: [], dropped: [] })
  })

  it('are not built where no user alone has many, nor for other heads, nor for months that are warm', async () => {
    for (const name of ['ana', 'ben']) await embed(name, RULES.threshold, MAY)
    await embed('ana', RULES.threshold + 1, MAY, 'entity')
    await embed('ana', RULES.threshold + 1, MARCH)
    expect(await indexes.maintain(RULES)).toEqual({ built: [], dropped: [] })
  })

  it('go when their month has cooled; the signatures stay', async () => {
    await embed('ana', RULES.threshold + 1, MAY)
    await indexes.maintain(RULES)
    clock.set(new Date('2025-07-02T00:00:00Z'))
    expect(await indexes.maintain(RULES)).toEqual({ built: [], dropped: [MAY_MONTH] })
    expect(await stateOf(MAY_MONTH)).toBe('none')
    const [bits] = await database.dataSource.query(`select count(*)::int as n from pg_index where indrelid = $1::regclass and pg_get_indexdef(indexrelid) like '%bits%'`, [MAY_MONTH])
    expect(bits).toEqual({ n: 1 })
  })

  it('are tended by one process at a time, and built anew when it died half-way', async () => {
    await embed('ana', RULES.threshold + 1, MAY)
    // A write that is under way keeps the build waiting.
    const writer = await database.pool.connect()
    await writer.query(`begin; delete from ${MAY_MONTH} where false`)
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
    expect(await stateOf(MAY_MONTH)).toBe('invalid')
    expect(await indexes.maintain(RULES)).toEqual({ built: [MAY_MONTH], dropped: [] })
    expect(await stateOf(MAY_MONTH)).toContain('hnsw')
    expect(await stateOf(MARCH_MONTH)).toBe('none')
  })

  it('leave no role and no time limit behind on connections', async () => {
    await indexes.maintain(RULES)
    expect(await database.dataSource.query(`select current_user = session_user as same`)).toEqual([{ same: true }])
  })
})

const embedded = testServer() ? it.skip : it
embedded('an embedded store has no indexes to maintain', async () => {
  const database = await openTestDatabase({ migrations: MIGRATIONS })
  expect(await new VectorIndexes(database, new FixedClock(NOW)).maintain(RULES)).toBeUndefined()
  await database.close()
})
