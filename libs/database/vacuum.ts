import type { Pool } from 'pg'

/** Tables of ours (those of jobs, where they lie beside), and on the embedded store (no autovacuum) those of the catalogue. A parent of partitions is only analysed. */
const TABLES = `
  select format('%I.%I', n.nspname, c.relname) as name, c.relkind = 'p' as parent
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'm') and c.relpersistence <> 't' and pg_has_role(current_user, c.relowner, 'usage')
    and n.nspname = any (current_schemas($1))
  order by n.nspname, c.relname`

/** One table at a time, so that on a store with one session others get their turn in between. */
export async function vacuumTables(pool: Pool, catalogue: boolean): Promise<void> {
  const { rows } = await pool.query<{ name: string; parent: boolean }>(TABLES, [catalogue])
  for (const { name, parent } of rows) {
    try {
      await pool.query(parent ? `analyze ${name}` : `vacuum (analyze) ${name}`)
    } catch (error) {
      // Dropped since the list was made: a partition that aged.
      if ((error as { code?: string }).code !== '42P01') throw error
    }
  }
}
