import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { type Database, openDatabase } from '../database'
import { AmbientTransaction } from '../ambient-transaction'
import { createDataSource } from '../data-source'
import { migrate, type MigrationClass } from '../migrate'
import { embeddedDriver } from '../pglite.driver'
import { PgliteProcess } from '../pglite-process'

export interface TestDatabaseOptions {
  /** Classes that hold all of their SQL, or lie in /migrations: a change elsewhere would not be noticed. */
  readonly migrations: readonly MigrationClass[]
  readonly entities?: readonly (new () => object)[]
  /** As in DatabaseOptions. */
  readonly waitMs?: number
  /** As in EmbeddedOptions. */
  readonly limitMs?: number
  /** Embedded, also where there is a server. */
  readonly embedded?: boolean
}

export type TestDatabase = Database

/** Address of the server on which specs run; embedded without it. */
export function testServer(): string | undefined {
  return process.env.TEST_DATABASE_URL || undefined
}

const ROOT = join(__dirname, '..', '..', '..')

/**
 * A fresh, migrated database for one spec file: embedded and in memory, or, when TEST_DATABASE_URL names a server (with a
 * user that may create databases), a database of its own there, dropped at the end. The same specs run on both.
 */
export async function openTestDatabase(options: TestDatabaseOptions): Promise<TestDatabase> {
  const server = testServer()
  if (server && !options.embedded) return openOnServer(server, options)
  return openDatabase({ ...options, backend: 'embedded', template: await templateOf(options.migrations) })
}

async function openOnServer(server: string, options: TestDatabaseOptions): Promise<TestDatabase> {
  const { url, drop } = await createOnServer(server)
  try {
    const database = await openDatabase({ ...options, backend: 'postgresql', url })
    return { ...database, vacuum: () => database.vacuum(), purge: (work) => database.purge(work), schema: () => database.schema(), close: () => database.close().then(drop) }
  } catch (error) {
    await drop()
    throw error
  }
}

/** An empty database on the server. */
export async function createOnServer(server: string): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `reverie_test_${randomBytes(6).toString('hex')}`
  await administer(server, `create database ${name}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  return { url: url.toString(), drop: () => administer(server, `drop database if exists ${name} with (force)`) }
}

async function administer(server: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: server })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

/** Path of a dump of a database with these migrations, made when there is none: starting from it takes a fifth of the time. */
async function templateOf(migrations: readonly MigrationClass[]): Promise<string> {
  const path = join(tmpdir(), `reverie-template-${fingerprint(migrations)}.tar`)
  if (existsSync(path)) return path
  const process = new PgliteProcess()
  const dataSource = createDataSource(embeddedDriver(process, new AmbientTransaction()), { max: 1 }, { migrations })
  const unfinished = `${path}.${randomBytes(6).toString('hex')}`
  try {
    await dataSource.initialize()
    await migrate(dataSource)
    await dataSource.destroy()
    await process.dump(unfinished)
    renameSync(unfinished, path) // several jest workers may be at it; whole files only
  } finally {
    rmSync(unfinished, { force: true })
    await process.close()
  }
  return path
}

function fingerprint(migrations: readonly MigrationClass[]): string {
  const hash = createHash('sha256')
  for (const migration of migrations) hash.update(migration.toString())
  const folder = join(ROOT, 'migrations')
  if (existsSync(folder)) {
    for (const file of readdirSync(folder).sort()) if (file.endsWith('.ts')) hash.update(readFileSync(join(folder, file)))
  }
  for (const name of ['pglite', 'pglite-pgvector']) {
    hash.update(readFileSync(join(ROOT, 'node_modules', '@electric-sql', name, 'package.json')))
  }
  return hash.digest('hex').slice(0, 16)
}
