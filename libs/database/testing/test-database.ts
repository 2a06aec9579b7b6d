import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Database, openDatabase } from '../database'
import { administer, at } from './administer'
import { copyTemplate, type Schema, templateDatabase } from './template'

export interface TestDatabaseOptions extends Schema {
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

/**
 * A fresh, migrated database for one spec file, gone when it is closed: embedded in a folder of its own, or, when TEST_DATABASE_URL names a
 * server (with a user that may create databases), a database of its own there. The same specs run on both.
 */
export async function openTestDatabase(options: TestDatabaseOptions): Promise<TestDatabase> {
  const server = testServer()
  if (server && !options.embedded) {
    const { url, drop } = await createOnServer(server, options)
    return opened(openDatabase({ ...options, backend: 'postgresql', url }), drop)
  }
  const dataDir = mkdtempSync(join(tmpdir(), 'reverie-store-'))
  await copyTemplate(options, dataDir)
  return opened(openDatabase({ ...options, backend: 'embedded', dataDir }), async () => rmSync(dataDir, { recursive: true, force: true }))
}

async function opened(opening: Promise<Database>, drop: () => Promise<void>): Promise<TestDatabase> {
  try {
    const database = await opening
    const { vacuum, purge, schema, started, disk } = database
    return { ...database, vacuum, purge, schema, started, disk, close: () => database.close().then(drop) }
  } catch (error) {
    await drop()
    throw error
  }
}

/** A database on the server: empty, or with a schema. */
export async function createOnServer(server: string, schema?: Schema): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `reverie_test_${randomBytes(6).toString('hex')}`
  const template = schema ? ` template ${await templateDatabase(server, schema)}` : ''
  await administer(server, (query) => query(`create database ${name}${template}`))
  return { url: at(server, name), drop: () => administer(server, async (query) => void (await query(`drop database if exists ${name} with (force)`))) }
}
