import type { Row, Sql } from '#database'

/** Looks into the store behind the product, as its owner, by plain SQL that both back ends speak. */
export class Store {
  constructor(private readonly sql: Sql) {}

  /** Every table but the migrations' own; partitions are seen through their parents. */
  async tables(): Promise<string[]> {
    const rows = await this.sql.many<{ name: string }>('maintenance', `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = current_schema() and c.relkind in ('r', 'p') and not c.relispartition and c.relname <> 'migration' order by 1`)
    return rows.map((row) => row.name)
  }

  /** Names of a table's columns. */
  async columns(table: string): Promise<string[]> {
    const rows = await this.sql.many<{ name: string }>('maintenance', `select attname as name from pg_attribute
      where attrelid = $1::regclass and attnum > 0 and not attisdropped order by attnum`, [table])
    return rows.map((row) => row.name)
  }

  /** Changes rows, as nobody else could. */
  async run(text: string, params: readonly unknown[] = []): Promise<number> {
    return this.sql.run('maintenance', text, params)
  }

  /** Rows of every table. */
  async counts(): Promise<Record<string, number>> {
    const counts: Record<string, number> = {}
    for (const table of await this.tables()) counts[table] = await this.count(table)
    return counts
  }

  async count(table: string, where = 'true', params: readonly unknown[] = []): Promise<number> {
    const row = await this.sql.one<{ n: number }>('maintenance', `select count(*)::int as n from ${table} where ${where}`, params)
    return row!.n
  }

  /** Tables with a row that names the id in any column of ids, apart from the tombstones, which name what they forbid. */
  async naming(id: string): Promise<string[]> {
    const columns = await this.sql.many<{ tab: string; col: string }>('maintenance', `select c.relname as tab, a.attname as col from pg_class c
      join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      where n.nspname = current_schema() and c.relkind in ('r', 'p') and not c.relispartition and a.atttypid = 'uuid'::regtype
        and a.attname <> 'user_id' and c.relname not in ('migration', 'memory_tombstone') order by 1, 2`)
    const found: string[] = []
    for (const { tab, col } of columns) if (await this.count(tab, `${col} = $1::uuid`, [id]) > 0) found.push(`${tab}.${col}`)
    return found
  }

  /** Tables with a row that shows the text anywhere. */
  async showing(text: string): Promise<string[]> {
    const found: string[] = []
    for (const table of await this.tables()) if (await this.count(`${table} as r`, 'strpos(lower(r::text), lower($1::text)) > 0', [text]) > 0) found.push(table)
    return found
  }

  /**
   * All that a user remembers, every column of every row, in a stable order: what two equal memories have in common, and two others not.
   * Without the number of the next place, which only grows; and, if so asked, without the places that derived traces took.
   */
  async dump(userId: string, { places = true } = {}): Promise<Record<string, Row[]>> {
    const dump: Record<string, Row[]> = {}
    for (const table of MEMORY) {
      const rows = await this.sql.many<{ row: Record<string, unknown> }>('maintenance', `select to_jsonb(r) ${table === 'memory_user' ? `- 'next_place'` : ''} as row
        from ${table} r where ${table === 'memory_user' ? 'id' : 'user_id'} = $1 order by to_jsonb(r)::text`, [userId])
      dump[table] = rows.map(({ row }) => row)
    }
    if (places) return dump
    const derived = new Set(dump.memory_trace!.filter((row) => row.kind !== 'episode').map((row) => row.id))
    for (const [table, key] of [['memory_trace', 'id'], ['memory_term', 'trace_id']] as const) {
      dump[table] = dump[table]!.map((row) => (derived.has(row[key]) ? { ...row, place: null } : row)).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
    }
    return dump
  }
}

const MEMORY = [
  'memory_user', 'memory_session', 'memory_trace', 'memory_activation', 'memory_embedding', 'memory_signature', 'memory_embedding_pending', 'memory_term', 'memory_tag',
  'memory_path', 'memory_edge', 'memory_tombstone',
]
