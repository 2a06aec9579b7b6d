import { type Database, timeStampOf } from '#database'
import { newId, userUuid } from '#kernel'
import { openTestDatabase } from '../libs/database/testing'
import { MIGRATIONS, SERVES_SINCE } from '.'

const OURS = `from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = current_schema() and c.relname <> 'migration'
  and c.relname not like 'migration_%' and c.relname not like 'PK_%'`

describe('the migrations', () => {
  let database: Database
  beforeAll(async () => {
    database = await openTestDatabase({ migrations: MIGRATIONS })
  })
  afterAll(() => database?.close())

  const query = <T>(text: string, params: unknown[] = []): Promise<T[]> => database.dataSource.query(text, params)
  /** Every table, index, column, policy and grant, in words. */
  const schema = async (): Promise<string[]> => {
    const rows = await query<{ line: string }>(`
      select 'relation ' || c.relname || ' ' || c.relkind::text || ' owner ' || pg_get_userbyid(c.relowner) || ' rls ' || c.relrowsecurity
        || ' acl ' || coalesce(c.relacl::text, '') as line ${OURS}
      union all select 'column ' || c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' statistics ' || coalesce(a.attstattarget::text, '')
        from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = current_schema() and a.attnum > 0 and not a.attisdropped and c.relname <> 'migration'
      union all select 'policy ' || tablename || ' ' || policyname || ' ' || coalesce(qual, '') || coalesce(with_check, '') from pg_policies where schemaname = current_schema()
      order by 1`)
    return rows.map((row) => row.line)
  }
  const undo = async (): Promise<void> => {
    for (let i = 0; i < database.dataSource.migrations.length; i++) await database.dataSource.undoLastMigration({ transaction: 'each' })
  }

  it('go down without leaving anything behind, and up again to the same schema', async () => {
    const before = await schema()
    expect(before.length).toBeGreaterThan(100)
    await undo()
    expect((await query<{ name: string }>(`select c.relname as name ${OURS}`)).map((row) => row.name)).toEqual([])
    const leftovers = await query<{ name: string }>(`select p.proname as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        left join pg_depend d on d.objid = p.oid and d.deptype = 'e' where n.nspname = current_schema() and d.objid is null
      union all select t.typname from pg_type t join pg_namespace n on n.oid = t.typnamespace left join pg_depend d on d.objid = t.oid and d.deptype = 'e'
        where n.nspname = current_schema() and d.objid is null and t.typtype in ('e', 'd')`)
    expect(leftovers).toEqual([])
    // Roles belong to the whole server: one that another database uses stays.
    expect(await query(`select rolname from pg_roles r where rolname like 'reverie\\_%' and not exists (select from pg_shdepend d where d.refobjid = r.oid)`)).toEqual([])
    await database.dataSource.runMigrations({ transaction: 'each' })
    expect(await schema()).toEqual(before)
  })

  it('say which releases the schema serves, and that among them is this one', async () => {
    const stamps = MIGRATIONS.map((migration) => timeStampOf(migration.name))
    expect(stamps).toEqual([...stamps].sort())
    expect(stamps).toContain(SERVES_SINCE)
  })

  it('are undone with data in the tables', async () => {
    const user = userUuid('down')
    await database.sql.run({ userId: user }, 'insert into memory_user (id, external_id, created_at) values ($1, $2, $3)', [user, 'down', new Date()])
    await undo()
    await database.dataSource.runMigrations({ transaction: 'each' })
    expect(await database.sql.many('maintenance', 'select id from memory_user')).toEqual([])
  })

  it('give the app\'s role nothing to own and no way around row-level security', async () => {
    expect(await query(`select c.relname ${OURS} and pg_get_userbyid(c.relowner) = 'reverie_app'`)).toEqual([])
    const [role] = await query<Record<string, boolean>>(`select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolcanlogin from pg_roles where rolname = 'reverie_app'`)
    expect(Object.values(role!)).toEqual([false, false, false, false, false])
    expect(await query(`select 1 as one where pg_has_role('reverie_app', 'reverie_maintenance', 'member')`)).toEqual([])
    const open = await query<{ name: string }>(`select c.relname as name ${OURS} and c.relkind in ('r', 'p')
        and has_table_privilege('reverie_app', c.oid, 'select') and not c.relrowsecurity`)
    expect(open).toEqual([])
    expect(await query(`select c.relname as name ${OURS} and c.relkind in ('r', 'p') and has_table_privilege('reverie_app', c.oid, 'truncate')`)).toEqual([])
  })

  it('wall off each user\'s rows in every table that the app may read', async () => {
    const [ana, ben] = [userUuid('ana'), userUuid('ben')]
    const now = new Date()
    for (const [id, name] of [[ana, 'ana'], [ben, 'ben']] as const) {
      await database.sql.run({ userId: id }, 'insert into memory_user (id, external_id, created_at) values ($1, $2, $3)', [id, name, now])
      await database.sql.run({ userId: id }, 'insert into memory_tag (user_id, tag, trace_id) values ($1, $2, $3)', [id, `tag of ${name}`, newId(now)])
    }
    expect(await database.sql.many({ userId: ana }, 'select tag from memory_tag')).toEqual([{ tag: 'tag of ana' }])
    expect(await database.sql.many({ userId: ana }, 'select external_id from memory_user')).toEqual([{ external_id: 'ana' }])
    expect(await database.sql.run({ userId: ana }, `update memory_tag set tag = 'stolen' where user_id = $1`, [ben])).toBe(0)
    expect(await database.sql.run({ userId: ana }, 'delete from memory_tag where user_id = $1', [ben])).toBe(0)
    const planted = database.sql.run({ userId: ana }, 'insert into memory_tag (user_id, tag, trace_id) values ($1, $2, $3)', [ben, 'planted', newId(now)])
    await expect(planted).rejects.toThrow(/row-level security/)
    await expect(database.sql.many({ userId: ana }, 'select * from api_key')).rejects.toThrow(/permission denied/)
    await expect(database.sql.many({ userId: ana }, 'select * from memory_embedding_future')).rejects.toThrow(/permission denied/)
    expect(await database.sql.many('maintenance', 'select tag from memory_tag order by 1')).toEqual([{ tag: 'tag of ana' }, { tag: 'tag of ben' }])
    const tables = await query<{ name: string }>(`select c.relname as name ${OURS} and c.relkind in ('r', 'p') and has_table_privilege('reverie_app', c.oid, 'select') order by 1`)
    for (const { name } of tables) expect([name, await database.sql.many({ userId: userUuid('stranger') }, `select 1 as one from ${name}`)]).toEqual([name, []])
  })

  it('keep no sample of what users said in the planner\'s statistics', async () => {
    const kept = await query<{ column: string }>(`select c.relname || '.' || a.attname as column from pg_attribute a join pg_class c on c.oid = a.attrelid
      join pg_namespace n on n.oid = c.relnamespace where n.nspname = current_schema() and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
      and a.attstattarget is distinct from 0 and (c.relname, a.attname) in (('memory_trace', 'content'), ('memory_trace', 'meta'), ('memory_trace', 'speaker'), ('memory_term', 'term'),
        ('memory_tag', 'tag'), ('memory_path', 'value'), ('memory_user', 'external_id'), ('memory_session', 'external_id'))`)
    expect(kept).toEqual([])
  })
})
