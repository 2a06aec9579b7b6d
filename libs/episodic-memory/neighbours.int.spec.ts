import { userUuid } from '#kernel'
import { MIGRATIONS } from '../../migrations'
import { openTestDatabase, type TestDatabase } from '../database/testing'
import { FOLLOWERS, WITH_THOSE_BEFORE } from './neighbours.sql'

const TRACES = 3_000
const userId = userUuid('of many turns')
const scope = { userId }
const idOf = (n: number): string => `018f0000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`

describe('the turns around others', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await openTestDatabase({ migrations: MIGRATIONS })
    await database.sql.run(scope, 'insert into memory_user (id, external_id, traces, created_at) values ($1, $2, $3, now())', [userId, 'of many turns', TRACES])
    await database.sql.run(scope, `insert into memory_trace
        (user_id, id, kind, role, content, retention, place, words, salience, confidence, tags, meta, occurred_at, created_at, valid_from, content_key)
      select $1, ('018f0000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'episode', 'user', 'turn ' || n, 'personal', n, 2, .5, 1, '{}', '{}', now(), now(), now(),
        decode(md5(n::text), 'hex') from generate_series(1, $2::int) n`, [userId, TRACES])
    await database.vacuum()
  })
  afterAll(() => database?.close())

  it('are the next of each, but for those that are meant themselves', async () => {
    const rows = await database.sql.many<{ id: string }>(scope, FOLLOWERS, [userId, [7, 8, 20, TRACES].map(idOf), 2])
    expect(rows.map((row) => row.id).sort()).toEqual([9, 10, 21, 22].map(idOf))
  })

  it('are those before each, the first one first', async () => {
    const rows = await database.sql.many<{ id: string; before: string[] }>(scope, WITH_THOSE_BEFORE, [userId, [1, 9].map(idOf), 2])
    expect(new Map(rows.map(({ id, before }) => [id, before]))).toEqual(new Map([[idOf(1), []], [idOf(9), ['turn 7', 'turn 8']]]))
  })

  it.each([['after', FOLLOWERS], ['before', WITH_THOSE_BEFORE]])('%s are found by their places, not by reading all that the user has', async (_, text) => {
    const rows = await database.sql.many<{ 'QUERY PLAN': string }>(scope, `explain ${text}`, [userId, [idOf(7)], 1])
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
    expect(plan).toMatch(/Index Scan using memory_trace_place.*\n\s*Index Cond: .*place/)
    expect(plan).not.toContain('Seq Scan')
  })
})
