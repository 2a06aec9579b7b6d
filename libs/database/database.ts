import { join } from 'node:path'
import type { Pool } from 'pg'
import { DataSource, type MigrationInterface } from 'typeorm'
import { guardPool } from './ambient'
import { lockDirectory } from './directory-lock'
import { PgSql } from './pg.sql'
import { createPgliteDriver } from './pglite.driver'
import { PgliteSession } from './pglite-session'
import { asOptions } from './session-settings'
import { startError } from './start-errors'
import type { Sql } from './sql'

/** Where memories are kept. Without `dataDir` the embedded store lives in memory. */
export type StoreOptions =
  | { readonly backend: 'embedded'; readonly dataDir?: string; readonly snapshot?: Uint8Array }
  | { readonly backend: 'postgresql'; readonly url: string; readonly poolMax: number }

export type Migrations = readonly (new () => MigrationInterface)[]

/** Any number: whoever migrates this product's schema takes it. */
const MIGRATION_LOCK = 7_236_110

/** An open store. */
export class Database {
  private constructor(
    readonly backend: StoreOptions['backend'],
    readonly dataSource: DataSource,
    readonly sql: Sql,
    private readonly session: PgliteSession | undefined,
    private readonly unlock: () => void,
  ) {}

  /** The pool, also for a queue that speaks Postgres. */
  get pool(): Pool {
    return poolOf(this.dataSource)
  }

  /**
   * Opens the store and brings its schema up to date.
   * @throws StartupError that names the cause and the cure
   */
  static async open(options: StoreOptions, migrations: Migrations): Promise<Database> {
    const embedded = options.backend === 'embedded'
    const unlock = embedded && options.dataDir !== undefined ? lockDirectory(options.dataDir) : () => undefined
    const session = embedded
      ? new PgliteSession({ dataDir: options.dataDir === undefined ? undefined : join(options.dataDir, 'postgres'), snapshot: options.snapshot })
      : undefined
    const dataSource = new DataSource({
      type: 'postgres',
      ...(embedded ? { driver: createPgliteDriver(session!), poolSize: 10 } : { url: options.url, poolSize: options.poolMax, extra: { options: asOptions() } }),
      migrations: [...migrations],
      migrationsTableName: 'migration',
      synchronize: false,
      installExtensions: false,
    })
    try {
      await dataSource.initialize()
      const pool = poolOf(dataSource)
      // An idle connection that breaks is replaced at the next use; without a listener it would end the process.
      pool.on('error', () => undefined)
      guardPool(pool)
      await migrate(dataSource)
      return new Database(options.backend, dataSource, new PgSql(pool), session, unlock)
    } catch (error) {
      if (dataSource.isInitialized) await dataSource.destroy()
      await session?.close()
      unlock()
      throw startError(error)
    }
  }

  /** Refreshes visibility and statistics. The embedded store has no autovacuum: needed after bulk writes and nightly. */
  async vacuum(): Promise<void> {
    await this.dataSource.query('vacuum (analyze)')
  }

  /** The embedded store's whole content; undefined on Postgres. */
  async dump(): Promise<Uint8Array | undefined> {
    return this.session?.dump()
  }

  async close(): Promise<void> {
    if (this.dataSource.isInitialized) await this.dataSource.destroy()
    await this.session?.close()
    this.unlock()
  }
}

function poolOf(dataSource: DataSource): Pool {
  return (dataSource.driver as unknown as { master: Pool }).master
}

/** Runs what is pending, one process at a time: the others wait for the lock and find nothing left to do. */
async function migrate(dataSource: DataSource): Promise<void> {
  const runner = dataSource.createQueryRunner()
  try {
    await runner.query('select pg_advisory_lock($1)', [MIGRATION_LOCK])
    await dataSource.runMigrations({ transaction: 'each' })
  } finally {
    await runner.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined)
    await runner.release()
  }
}
