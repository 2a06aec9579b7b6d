import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type DataSource } from 'typeorm'
import { AmbientTransaction } from './ambient-transaction'
import { AutoVacuum } from './auto-vacuum'
import { createDataSource } from './data-source'
import { DatabaseFault, DISK_HOLDS_NONE, toCaller } from './database-errors'
import { lockDirectory } from './directory-lock'
import { checkEmbeddedVersion } from './embedded-version'
import type { GuardedPool } from './guarded-pool'
import { maintenanceSession, type Query } from './maintenance-session'
import { migrate, type MigrationClass, readSchema } from './migrate'
import { removeOrphans, removeTemporaryFiles } from './orphans'
import { Disk, type DiskState } from './disk'
import { DiskGuard } from './disk-guard'
import { embeddedDriver, type PgDriver } from './pglite.driver'
import { PgliteProcess } from './pglite-process'
import { PgSql } from './pg.sql'
import { schemaFault, type SchemaState } from './schema-state'
import type { Sql } from './sql'
import { serverDriver } from './server.driver'
import { checkSession } from './session-check'
import { embeddedStartupError, serverStartupError, vectorMissing } from './startup-errors'
import { StorePurge } from './store-purge'
import { vacuumTables } from './vacuum'

export type DatabaseOptions = {
  /** Classes, not paths. */
  readonly migrations?: readonly MigrationClass[]
  /** Whether they run at the start (default); without it a schema on which this build cannot work is refused. */
  readonly migrate?: boolean
  /** What `migrate` is told. */
  readonly servesSince?: number
  /** Entity classes of TypeORM. */
  readonly entities?: readonly (new () => object)[]
  /** How long a caller waits for a client or for the embedded session, in ms. Default 30,000. */
  readonly waitMs?: number
} & (EmbeddedOptions | ServerOptions)

export interface EmbeddedOptions {
  readonly backend: 'embedded'
  /** Made when missing; in memory (and gone after the process) without it. */
  readonly dataDir?: string
  /** How long one call may take before the database counts as hung and is restarted, in ms. Default 120,000. */
  readonly limitMs?: number
  /** Bytes of the disk of dataDir that are kept free: with less nothing is stored. 0 for none; default RESERVE_BYTES. */
  readonly reserveBytes?: number
}

export interface ServerOptions {
  readonly backend: 'postgresql'
  /** postgres://user:password@host:port/database, with sslmode and the like as parameters. */
  readonly url: string
  /** Greatest number of connections. Default 10. */
  readonly poolMax?: number
  /** File of the certificate authority (PEM) that signed the server's certificate. */
  readonly caFile?: string
  /** How long one statement through Sql may take, in ms; also the default of waitMs here. No limit without it. */
  readonly timeoutMs?: number
}

/** The open store. Also a token for injection. */
export abstract class Database {
  abstract readonly backend: 'embedded' | 'postgresql'
  abstract readonly sql: Sql
  abstract readonly dataSource: DataSource
  /** pg for this store; pools made of it are guarded like the main one. For BullMQ's Postgres backend. */
  abstract readonly driver: PgDriver
  /** The pool that Sql and the data source use. */
  abstract readonly pool: GuardedPool
  /** Names of the migrations that this start ran. */
  abstract readonly migrated: readonly string[]
  /** Ends the pool, then the store, then gives up the data directory. Safe to call again. */
  abstract close(): Promise<void>
  /**
   * Removes dead rows and renews the planner's statistics, as the session's own user and outside any transaction. Due after
   * bulk writes and every night: the embedded store never does it by itself.
   */
  abstract vacuum(): Promise<void>
  /**
   * Runs statements one by one outside any transaction, as the maintenance role; see maintenanceSession. Not on the embedded store, whose one
   * session everybody shares: its role would be everybody's.
   */
  abstract readonly maintain: (<T>(work: (query: Query) => Promise<T>) => Promise<T | undefined>) | undefined
  /**
   * Lets `work` take out of the store's files what was erased. One at a time, whatever the number of processes, and not beside `maintain`.
   * @returns what `work` answers; undefined when somebody else is at it
   */
  abstract purge<T>(work: (store: StorePurge) => Promise<T>): Promise<T | undefined>
  /** Call when the start is over: what a start writes may use the room that the embedded store keeps free on its disk. */
  abstract started(): void
  /** How full the disk of the embedded store is; undefined when nobody can tell. */
  abstract disk(): DiskState | undefined
  /** How the schema stands to this build now: a later release may have migrated since the start. */
  abstract schema(): Promise<SchemaState>
}

const WAIT_MS = 30_000
const EMBEDDED_POOL = 10
const SERVER_POOL = 10
/** A client that somebody never gave back must not keep the process from ending. */
const POOL_END_MS = 10_000

/**
 * Opens the store and brings its schema up to date, or checks that it is.
 * @throws StartupError with the cure when the store cannot be used
 */
export function openDatabase(options: DatabaseOptions): Promise<Database> {
  return options.backend === 'embedded' ? openEmbedded(options) : openServer(options)
}

async function openEmbedded(options: DatabaseOptions & EmbeddedOptions): Promise<Database> {
  const { dataDir, limitMs, reserveBytes, waitMs = WAIT_MS } = options
  const lock = dataDir === undefined ? undefined : lockDirectory(dataDir)
  const files = dataDir === undefined ? undefined : join(dataDir, 'postgres')
  const disk = files === undefined ? undefined : new Disk(files, reserveBytes)
  const process = new PgliteProcess({ dataDir: files, limitMs, disk })
  const closeStore = async () => {
    await process.close()
    lock?.release()
  }
  try {
    if (files) {
      mkdirSync(files, { recursive: true, mode: 0o700 })
      // One that was half made would never open.
      if (!checkEmbeddedVersion(files) && disk?.isLow()) throw new DatabaseFault('no room for a new store', DISK_HOLDS_NONE)
      removeTemporaryFiles(files)
    }
    await process.waitReady()
    const ambient = new AmbientTransaction()
    const guard = disk && new DiskGuard(process, disk)
    const driver = embeddedDriver(process, ambient, { waitMs, guard })
    const dataSource = createDataSource(driver, { connectionTimeoutMillis: waitMs, max: EMBEDDED_POOL }, options)
    return await start('embedded', dataSource, driver, closeStore, options, (pool) => alone(pool, disk), { disk, guard })
  } catch (error) {
    const told = embeddedStartupError(error, dataDir, disk?.state())
    await closeStore()
    throw told
  }
}

async function openServer(options: DatabaseOptions & ServerOptions): Promise<Database> {
  const { url, poolMax = SERVER_POOL, caFile, timeoutMs, waitMs = timeoutMs ?? WAIT_MS } = options
  const driver = serverDriver(new AmbientTransaction(), url, caFile)
  const dataSource = createDataSource(driver, { connectionTimeoutMillis: waitMs, max: poolMax }, options)
  try {
    const purge = (pool: GuardedPool): Database['purge'] => (work) => maintenanceSession(pool, 'own', (query) => work(new StorePurge(query)))
    return await start('postgresql', dataSource, driver, async () => {}, options, purge, { url, timeoutMs })
  } catch (error) {
    throw serverStartupError(error, url)
  }
}

/** One session is everybody's: others get their turn between two statements. */
function alone(pool: GuardedPool, disk: Disk | undefined): Database['purge'] {
  const query: Query = async (text, params = []) => (await pool.query(text, [...params])).rows
  const store = new StorePurge(query, {
    sweep: async () => disk && removeOrphans(disk.directory, query),
    hasRoomFor: (bytes) => disk?.hasRoomFor(bytes) ?? true,
  })
  let taken = false
  return async (work) => {
    if (taken) return undefined
    taken = true
    try {
      return await work(store)
    } finally {
      taken = false
    }
  }
}

async function start(
  backend: Database['backend'],
  dataSource: DataSource,
  driver: PgDriver,
  closeStore: () => Promise<void>,
  { migrate: migrates = true, servesSince }: DatabaseOptions,
  purge: (pool: GuardedPool) => Database['purge'],
  { url = '', timeoutMs, disk, guard }: { url?: string; timeoutMs?: number; disk?: Disk; guard?: DiskGuard },
): Promise<Database> {
  await dataSource.initialize()
  let migrated: string[] = []
  try {
    const [vector] = await dataSource.query(`select 1 from pg_available_extensions where name = 'vector'`)
    if (!vector) throw vectorMissing(url)
    if (migrates) migrated = await migrate(dataSource, servesSince)
    const fault = schemaFault(await readSchema(dataSource))
    if (fault) throw fault
    if (backend === 'postgresql') await checkSession((text) => dataSource.query(text))
  } catch (error) {
    await dataSource.destroy().catch(() => {})
    throw error
  }
  const { master: pool } = dataSource.driver as unknown as { master: GuardedPool }
  // It writes a log of its own, for which a full disk has no room.
  const vacuum = async () => disk?.isLow() ? undefined : vacuumTables(pool, backend === 'embedded')
  const auto = backend === 'embedded' ? new AutoVacuum(vacuum) : undefined
  let closing: Promise<void> | undefined
  const close = async () => {
    await auto?.stop()
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, POOL_END_MS)))
    await Promise.race([dataSource.destroy(), late]).finally(() => clearTimeout(timer))
    await closeStore()
  }
  return {
    backend,
    dataSource,
    driver,
    pool,
    migrated,
    sql: new PgSql(pool, { wrote: auto && ((rows) => auto.wrote(rows)), snapshots: backend === 'postgresql', limitMs: timeoutMs, erasing: disk && 'read write' }),
    close: () => (closing ??= close()),
    vacuum,
    maintain: backend === 'embedded' ? undefined : (work) => maintenanceSession(pool, 'maintenance', work),
    purge: purge(pool),
    started: () => guard?.start(),
    disk: () => disk?.state(),
    schema: () => readSchema(dataSource).catch((error: unknown) => {
      throw toCaller(error)
    }),
  }
}
