import { type DataSource, MigrationExecutor, type MigrationInterface } from 'typeorm'

export type MigrationClass = new () => MigrationInterface

/** Key of the advisory lock under which one process at a time migrates: 'reverie' in a bigint. */
const MIGRATION_LOCK = '32199694061760869'

/**
 * Runs the migrations that have not run yet, each in its own transaction, in the order of their time stamps. When several
 * processes start at once, one does it and the others wait.
 * @returns the names of those that ran
 */
export async function migrate(dataSource: DataSource): Promise<string[]> {
  const runner = dataSource.createQueryRunner()
  try {
    await runner.query('select pg_advisory_lock($1)', [MIGRATION_LOCK])
    try {
      // The executor takes this client: the lock is its session's, and a pool of one has no second.
      const executor = new MigrationExecutor(dataSource, runner)
      executor.transaction = 'each'
      return (await executor.executePendingMigrations()).map((m) => m.name)
    } finally {
      await runner.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK])
    }
  } finally {
    await runner.release()
  }
}
