import type { QueryRunner } from 'typeorm'
import { halfvecBinary } from '#database'
import { INDEXED_HEADS, RECALLED_KINDS } from '#episodic-memory'
import { bitSignature, normalise, userUuid } from '#kernel'
import { candidatesSql } from '../libs/recall/candidates.sql'
import { openTestDatabase, type TestDatabase } from '../libs/database/testing'
import { MIGRATIONS } from '../migrations'

const ANA = userUuid('ana')
const BEN = userUuid('ben')
const OURS = `n.nspname = current_schema() and c.relkind in ('r', 'p', 'v', 'm', 'S', 'f') and c.relname <> 'migration' and c.relname <> 'migration_id_seq'`

describe('the wall between users, attacked', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await openTestDatabase({ migrations: MIGRATIONS })
    for (const [userId, name] of [[ANA, 'ana'], [BEN, 'ben']] as const) {
      await database.sql.run({ userId }, 'insert into memory_user (id, external_id, traces, created_at) values ($1, $2, 40, now())', [userId, name])
      await database.sql.run({ userId }, `insert into memory_trace
          (user_id, id, kind, role, content, retention, place, words, salience, confidence, tags, meta, occurred_at, created_at, valid_from, content_key)
        select $1, gen_random_uuid(), 'episode', 'user', $2 || ' hides key ' || n, 'personal', n * 4, 3, .5, 1, '{}', '{}', now() - n * interval '1 minute', now(), now(),
          decode(md5($2 || n), 'hex')
        from generate_series(1, 40) n`, [userId, name])
      await database.sql.run({ userId }, `insert into memory_signature (user_id, trace_id, model, semantic, situation)
        select user_id, id, 'test', $2::text::bit(768), $2::text::bit(768) from memory_trace where user_id = $1`, [userId, bitSignature(vector)])
      await database.sql.run({ userId }, `insert into memory_term (user_id, term, trace_id, place, tf, length)
        select user_id, 'key', id, place, 1, 3 from memory_trace where user_id = $1`, [userId])
    }
    await database.vacuum()
  })
  afterAll(() => database?.close())

  const vector = normalise(Float32Array.from({ length: 768 }, (_, i) => Math.sin(i + 1)), 768)
  const query = <T>(text: string): Promise<T[]> => database.dataSource.query(text)

  it('stands though a recall forgets to say whose memories it wants', async () => {
    const { text, params } = candidatesSql({
      userId: BEN, filter: { kind: RECALLED_KINDS }, narrowed: false, at: new Date(), past: false, superseded: 'not', terms: [{ term: 'key', word: 1 }], words: [], periods: [], asks: 0,
      heads: INDEXED_HEADS.map((head) => ({ head, vec: halfvecBinary(vector), bits: bitSignature(vector) })), dims: 768, model: 'test', vectorType: 'halfvec',
      names: [], primed: [], hops: 1, explain: false, k: 200,
    })
    // $1 is still a parameter of the statement, for Postgres asks for as many as there are.
    const bare = text.replace(/(?:\w+\.)?user_id = \$1\b/g, '($1::uuid is not null)')
    expect(bare).not.toMatch(/user_id = \$/)
    const owners = async (scope: { userId: string } | 'maintenance'): Promise<unknown[]> => {
      const rows = await database.sql.many<{ id: string }>(scope, bare, params)
      expect(rows.length).toBeGreaterThanOrEqual(40)
      const of = await database.sql.many('maintenance', 'select distinct user_id::text as owner from memory_trace where id = any($1::uuid[]) order by 1', [rows.map(({ id }) => id)])
      return of.map(({ owner }) => owner)
    }
    expect(await owners({ userId: BEN })).toEqual([BEN])
    expect(await owners({ userId: ANA })).toEqual([ANA])
    // Without the wall the same statement finds everybody's.
    expect(await owners('maintenance')).toEqual([ANA, BEN].sort())
  })

  it('stands on every table: the app may read and change rows of one user alone, and nothing that is nobody\'s', async () => {
    const tables = await query<{ name: string; owned: boolean; walled: boolean; policies: string[]; rights: string[] }>(`
      select c.relname as name, c.relrowsecurity as walled,
        exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'user_id' and not a.attisdropped) or c.relname = 'memory_user' as owned,
        array(select format('%s %s %s %s', p.polname, p.polcmd, p.polpermissive, p.polwithcheck is not null) from pg_policy p where p.polrelid = c.oid)::text[] as policies,
        array(select r from unnest(array['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger']) r
          where c.relkind <> 'S' and has_table_privilege('reverie_app', c.oid, r)) as rights
      from pg_class c join pg_namespace n on n.oid = c.relnamespace where ${OURS} order by 1`)
    expect(tables.length).toBeGreaterThan(15)
    for (const { name, owned, walled, policies, rights } of tables) {
      // What may be added to and never read shows nothing.
      if (rights.some((right) => right !== 'insert')) expect([name, owned, walled, policies]).toEqual([name, true, true, ['own_rows * t t']])
      expect([name, rights.filter((right) => ['truncate', 'references', 'trigger'].includes(right))]).toEqual([name, []])
    }
    expect(tables.filter(({ name, rights }) => ['setting', 'api_key'].includes(name) && rights.length > 0)).toEqual([])
    // Ownership and other ways around.
    expect(await query(`select c.relname from pg_class c where pg_get_userbyid(c.relowner) = 'reverie_app'`)).toEqual([])
    expect(await query(`select p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace where (p.prosecdef or pg_get_userbyid(p.proowner) = 'reverie_app')
      and n.nspname not in ('pg_catalog', 'information_schema')`)).toEqual([])
    expect(await query(`select r.rolname from pg_auth_members m join pg_roles r on r.oid = m.roleid where m.member = 'reverie_app'::regrole`)).toEqual([])
    expect(await query(`select n.nspname as name from pg_namespace n where has_schema_privilege('reverie_app', n.oid, 'create') and n.nspname !~ '^pg_temp'`)).toEqual([])
  })

  it('does not show what others said through the planner\'s statistics', async () => {
    await database.sql.run('maintenance', 'analyze memory_trace')
    const seen = await database.sql.many<{ tablename: string }>({ userId: BEN }, `select tablename from pg_stats where schemaname = current_schema()
      and tablename like any (array['memory%', 'receipt', 'idempotency', 'recall_log', 'dream%', 'api_key'])`)
    expect(seen).toEqual([])
    expect(await query(`select 1 as one from pg_stats where schemaname = current_schema() and tablename = 'memory_trace' limit 1`)).toHaveLength(1)
  })

  it('cannot be climbed by whoever logs in as the app\'s role', async () => {
    const attacks = [
      'set role reverie_maintenance', 'alter table memory_trace disable row level security', 'drop policy own_rows on memory_trace',
      'alter policy own_rows on memory_trace using (true)', 'create policy mine on memory_trace using (true)', 'alter role reverie_app bypassrls',
      'alter table memory_trace owner to reverie_app',
      'grant reverie_maintenance to reverie_app', 'truncate memory_trace', 'create table stolen as select * from memory_trace', 'select * from api_key', 'select * from setting',
      'select * from pg_statistic', 'select * from pg_authid',
      'create trigger t before insert on memory_trace for each row execute function suppress_redundant_updates_trigger()',
      'create function f() returns int language sql security definer as $$ select 1 $$', `copy memory_trace to '/tmp/stolen'`, `select pg_read_file('PG_VERSION')`,
      'select * from memory_embedding_future',
    ]
    await asApp(async (run) => {
      for (const attack of attacks) expect([attack, await run(attack)]).toEqual([attack, expect.stringMatching(/permission denied|must be (owner|able|superuser)|must have/i)])
      // Switching row-level security off makes a statement fail rather than see more.
      expect(await run('set local row_security = off; select * from memory_trace')).toMatch(/row-level security/)
    })
  })

  it('shows nothing where no user is named, or one that is none', async () => {
    await asApp(async (run) => {
      expect(await run('select 1 from memory_trace')).toBe('0 rows')
      expect(await run(`set local app.user_id = ''; select 1 from memory_trace`)).toBe('0 rows')
      expect(await run(`set local app.user_id = 'ana'; select 1 from memory_trace`)).toMatch(/invalid input syntax/)
    })
  })

  /**
   * Does work in a session that logged in as the app's role; `run` tells what became of a text, whatever happens to its transaction. For the last
   * tests: the embedded session does not come back from this.
   */
  async function asApp(work: (run: (text: string) => Promise<string>) => Promise<void>): Promise<void> {
    const runner: QueryRunner = database.dataSource.createQueryRunner()
    try {
      await runner.query('begin')
      await runner.query('set local session authorization reverie_app')
      await work(async (text) => {
        await runner.query('savepoint attack')
        try {
          const parts = text.split('; ')
          for (const part of parts.slice(0, -1)) await runner.query(part)
          const rows = await runner.query(parts.at(-1)!) as unknown[]
          return `${rows?.length ?? 0} rows`
        } catch (error) {
          return (error as Error).message
        } finally {
          await runner.query('rollback to savepoint attack')
        }
      })
    } finally {
      await runner.query('rollback')
      await runner.release()
    }
  }
})
