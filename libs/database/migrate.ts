import { type DataSource, MigrationExecutor, type MigrationInterface } from 'typeorm'
import { schemaFault, type SchemaState, stateOf } from './schema-state'

export type MigrationClass = new () => MigrationInterface

/** Key of the advisory lock under which one process at a time migrates: 'reverie' in a bigint. */
const MIGRATION_LOCK = '32199694061760869'

/**
 * Runs the migrations that have not run yet, each in its own transaction, in the order of their time stamps. When several
 * processes start at once, one does it and the others wait. The lock is the session's: give it a connection of its own, not one of a
 * pooler that hands out another for each transaction.
 * @param servesSince time stamp of the oldest last migration whose release still works on the schema made; see SchemaState
 * @returns the names of those that ran
 * @throws StartupError when a newer release has made the schema one that this build cannot work on
 */
export async function migrate(dataSource: DataSource, servesSince = 0): Promise<string[]> {
  const runner = dataSource.createQueryRunner()
  try {
    await runner.query('select pg_advisory_lock($1)', [MIGRATION_LOCK])
    try {
      const before = await readSchema(dataSource, (text) => runner.query(text))
      const tooNew = schemaFault({ ...before, pending: [] })
      if (tooNew) throw tooNew
      // The executor takes this client: the lock is its session's, and a pool of one has no second.
      const executor = new MigrationExecutor(dataSource, runner)
      executor.transaction = 'each'
      const ran = (await executor.executePendingMigrations()).map((m) => m.name)
      // Only ever raised: an older release that migrates as well does not know of the newer one's limit.
      if (servesSince > before.servesSince) await runner.query(`comment on table migration is '${SERVES}${servesSince}'`)
      return ran
    } finally {
      await runner.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK])
    }
  } finally {
    await runner.release()
  }
}

/** What a release before ours reads of the schema that we made. Kept with the table of migrations: dumps and restores take it along. */
const SERVES = 'serves releases since '

/** How the schema stands to this build. `query` reads; without it a client of the pool does. */
export async function readSchema(dataSource: DataSource, query: (text: string) => Promise<unknown> = (text) => dataSource.query(text)): Promise<SchemaState> {
  const known = dataSource.migrations.map((migration) => migration.name ?? migration.constructor.name)
  const [table] = await query(`select obj_description(to_regclass('migration')::oid, 'pg_class') as comment, to_regclass('migration') is not null as made`) as
    { comment: string | null; made: boolean }[]
  const rows = table!.made ? await query('select name from migration') as { name: string }[] : []
  const comment = table!.comment ?? ''
  return stateOf(known, rows.map((row) => row.name), comment.startsWith(SERVES) ? Number(comment.slice(SERVES.length)) : 0)
}
