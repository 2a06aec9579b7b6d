import { createHash, randomBytes } from 'node:crypto'
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../database'
import type { MigrationClass } from '../migrate'
import { administer, at, type Query } from './administer'

/** What a store begins with. */
export interface Schema {
  /** Classes that hold all of their SQL, or lie in /migrations: a change elsewhere would not be noticed. */
  readonly migrations: readonly MigrationClass[]
  /** As in DatabaseOptions. */
  readonly servesSince?: number
}

const ROOT = join(__dirname, '..', '..', '..')
/** Key of the advisory lock under which one process at a time makes a template. */
const TEMPLATE_LOCK = 7_411_529

/** Fills a folder, which may be missing, with an embedded store of this schema and without rows: migrating one takes four seconds. */
export async function copyTemplate(schema: Schema, folder: string): Promise<void> {
  cpSync(await templateFolder(schema), folder, { recursive: true })
}

/** A folder that is only read: a store of this schema, made by who asks first. */
async function templateFolder(schema: Schema): Promise<string> {
  const path = join(tmpdir(), `reverie-template-${fingerprint(schema)}`)
  if (existsSync(path)) return path
  const unfinished = `${path}.${randomBytes(6).toString('hex')}`
  try {
    await (await openDatabase({ ...schema, backend: 'embedded', dataDir: unfinished })).close()
    renameSync(unfinished, path)
  } catch (error) {
    // Several workers of jest may be at it: whole folders only, and the first one stays.
    if (!existsSync(path)) throw error
  } finally {
    rmSync(unfinished, { recursive: true, force: true })
  }
  return path
}

/** Makes, unless it is there, the database of this schema on a server from which others are copied. @returns its name */
export async function templateDatabase(server: string, schema: Schema): Promise<string> {
  const name = `reverie_template_${fingerprint(schema)}`
  await administer(server, async (query) => {
    if (await isTemplate(query, name)) return
    await query(`select pg_advisory_lock(${TEMPLATE_LOCK})`)
    if (await isTemplate(query, name)) return
    // What a run left that was ended before its end.
    await query(`drop database if exists ${name} with (force)`)
    await query(`create database ${name}`)
    await (await openDatabase({ ...schema, backend: 'postgresql', url: at(server, name) })).close()
    await query(`alter database ${name} is_template true`)
  })
  return name
}

async function isTemplate(query: Query, name: string): Promise<boolean> {
  return (await query(`select 1 from pg_database where datname = '${name}' and datistemplate`)).length > 0
}

/** Changes with the schema and with what makes it. */
function fingerprint({ migrations, servesSince }: Schema): string {
  const hash = createHash('sha256').update(String(servesSince))
  for (const migration of migrations) hash.update(migration.toString())
  const folder = join(ROOT, 'migrations')
  if (existsSync(folder)) {
    for (const file of readdirSync(folder).sort()) if (file.endsWith('.ts')) hash.update(readFileSync(join(folder, file)))
  }
  for (const name of ['pglite', 'pglite-pgvector']) hash.update(readFileSync(join(ROOT, 'node_modules', '@electric-sql', name, 'package.json')))
  return hash.digest('hex').slice(0, 16)
}
