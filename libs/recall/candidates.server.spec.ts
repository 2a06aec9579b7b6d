import { HEADS, INDEXED_HEADS, indexOf, RECALLED_KINDS, VectorIndexes } from '#episodic-memory'
import { bitSignature, normalise, SystemClock, userUuid, type Vector } from '#kernel'
import { halfvecBinary } from '#database'
import { openTestDatabase, type TestDatabase, testServer } from '../database/testing'
import { MIGRATIONS } from '../../migrations'
import { type CandidateQuery, candidatesSql, type CandidateRow } from './candidates.sql'
import type { Found } from './legs'
import { nearestByIndexSql } from './near.sql'

const USERS = { small: 150, middle: 4_000, large: 24_000 } as const
type Size = keyof typeof USERS
const onServer = testServer() ? describe : describe.skip

/** A direction of its own for each number. */
function vectorOf(n: number): Vector {
  return normalise(Float32Array.from({ length: 768 }, (_, i) => Math.sin((i + 1) * (n % 97 + 1)) + 0.6 * Math.sin((i + 3) * (n + 1))), 768)
}

onServer('the plan of a recall on Postgres', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await openTestDatabase({ migrations: MIGRATIONS })
    for (const [name, count] of Object.entries(USERS)) await fill(userUuid(name), count)
    await database.vacuum()
    await new VectorIndexes(database, database.sql, new SystemClock()).maintain({ threshold: 20_000 })
  })
  afterAll(() => database?.close())

  const fill = async (userId: string, count: number): Promise<void> => {
    const scope = { userId }
    await database.sql.run(scope, 'insert into memory_user (id, external_id, traces, created_at) values ($1, $2, $3, now())', [userId, userId, count])
    for (let from = 0; from < count; from += 4_000) {
      const numbers = Array.from({ length: Math.min(4_000, count - from) }, (_, i) => from + i)
      const bits = numbers.map((n) => bitSignature(vectorOf(n)))
      await database.sql.run(scope, `insert into memory_trace
          (user_id, id, kind, role, content, retention, place, words, salience, confidence, tags, meta, occurred_at, created_at, valid_from, content_key)
        select $1, ('018f0000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'episode', 'user', 'number ' || n, 'personal', n * 4, 2, .5, 1, '{}', '{}',
          timestamptz '2025-01-01Z' + n * interval '1 minute', now(), now(), decode(md5(n::text), 'hex')
        from unnest($2::int[]) n`, [userId, numbers])
      await database.sql.run(scope, `insert into memory_signature (user_id, trace_id, model, semantic, situation)
        select $1, ('018f0000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'test', b::bit(768), b::bit(768) from unnest($2::int[], $3::text[]) as t(n, b)`, [userId, numbers, bits])
      await database.sql.run(scope, `insert into memory_term (user_id, term, trace_id, place, tf, length)
        select $1, w, ('018f0000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, n * 4, 1, 2
        from unnest($2::int[]) n cross join lateral (values ('number'), ('n' || n % 500)) as t(w)`, [userId, numbers])
    }
  }
  const headsOf = (n: number): CandidateQuery['heads'] => INDEXED_HEADS.map((head) => ({ head, vec: halfvecBinary(vectorOf(n)), bits: bitSignature(vectorOf(n)) }))
  const statement = (size: Size, n = 7, more: Partial<CandidateQuery> = {}): { text: string; params: unknown[] } => {
    return candidatesSql({
      userId: userUuid(size), filter: { kind: RECALLED_KINDS }, narrowed: false, at: new Date(), past: false, superseded: 'not',
      terms: [{ term: 'number', word: 1 }, { term: 'n7', word: 2 }], words: [], periods: [], asks: 0,
      heads: headsOf(n),
      dims: 768, model: 'test', vectorType: 'halfvec', names: [], primed: [], hops: 1, explain: false, k: 10, ...more,
    })
  }
  const plan = async (size: Size, { text, params } = statement(size)): Promise<string> => {
    const rows = await database.sql.many<{ 'QUERY PLAN': string }>({ userId: userUuid(size) }, `explain ${text}`, params)
    return rows.map((row) => row['QUERY PLAN']).join('\n')
  }
  /** The plan that sessions keep: it knows no parameter. */
  const keptPlan = async (): Promise<string> => {
    const { text, params } = statement('middle')
    const scope = { userId: userUuid('middle') }
    const rows = await database.sql.transaction(scope, async () => {
      await database.sql.many(scope, `prepare kept as ${text}`)
      await database.sql.many(scope, `select set_config('plan_cache_mode', 'force_generic_plan', true),
        set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true)`)
      return database.sql.many<{ 'QUERY PLAN': string }>(scope, `explain execute kept(${params.map(() => 'null').join(', ')})`)
    })
    return rows.map((row) => row['QUERY PLAN']).join('\n')
  }
  const ask = <R extends object>(size: Size, { text, params }: { text: string; params: unknown[] }): Promise<R[]> => database.sql.many<R>({ userId: userUuid(size) }, text, params)

  it.each(['small', 'middle'] as const)('reads the signatures of a %s user alone, through the covering index', async (size) => {
    const text = await plan(size)
    expect(text).toMatch(/Index Only Scan using memory_signature_nearest|Bitmap Index Scan on memory_signature_\w+/)
    expect(text).not.toMatch(/Seq Scan on memory_(signature|term|trace|embedding_2)/)
    expect(text).not.toContain('signature_hnsw')
  })

  it('that is kept for all reads the signatures of one user and every other row by its key, also where tables were empty when it was made', async () => {
    const text = await keptPlan()
    expect(text).toMatch(/user_id = \$1/)
    expect(text).toMatch(/Index (Only )?Scan using memory_signature_(nearest|pkey)/)
    expect(text).not.toMatch(/Seq Scan|signature_hnsw/)
    for (const index of ['memory_trace_pkey', 'memory_trace_place', 'memory_term_pkey', 'memory_embedding_future_pkey', 'memory_activation_pkey']) expect(text).toContain(`using ${index}`)
  })

  it('asks the indexes of a large user', async () => {
    const text = await plan('large', nearestByIndexSql(userUuid('large'), headsOf(7), 768))
    for (const head of INDEXED_HEADS) expect(text).toContain(`Index Scan using ${indexOf(userUuid('large'), head)}`)
    expect(text).not.toMatch(/Seq Scan on memory_(signature|term)/)
  })

  it('looks what passes a filter up in a hash, however little it is taken for', async () => {
    const text = await plan('middle', statement('middle', 7, { narrowed: true, filter: { expression: { field: 'metadata.n', op: 'gte', value: 1 } } }))
    expect(text.match(/hashed SubPlan/g)!.length).toBeGreaterThanOrEqual(4)
    expect(text).not.toContain('Semi Join')
  })

  it('looks rows up by key, whoever asks', async () => {
    for (const size of ['small', 'middle', 'large'] as const) expect(await plan(size)).toContain('Index Scan using memory_trace_pkey')
  })

  it('finds by index what it finds exactly', async () => {
    const nearest = (found: CandidateRow[]): string[] => found.filter((row) => row.lexical === 0).slice(0, 10).map((row) => row.traceId)
    let [shared, all] = [0, 0]
    for (const n of [3, 500, 7_777, 23_999]) {
      const [byIndex] = await ask<Found>('large', nearestByIndexSql(userUuid('large'), headsOf(n), 768))
      const [exact, indexed] = [await ask<CandidateRow>('large', statement('large', n)), await ask<CandidateRow>('large', statement('large', n, { nearest: byIndex }))]
      const there = new Set(indexed.map((row) => row.traceId))
      shared += nearest(exact).filter((id) => there.has(id)).length
      all += nearest(exact).length
    }
    expect(all).toBeGreaterThan(0)
    expect(shared / all).toBeGreaterThanOrEqual(0.98)
    expect(HEADS).toEqual(expect.arrayContaining([...INDEXED_HEADS]))
  })
})
