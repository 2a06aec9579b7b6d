import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { MIGRATIONS } from '../../../migrations'
import { Database } from '../database'

const MIGRATION_DIR = join(__dirname, '../../../migrations')

/** A store of its own for one test file: in memory, or a fresh database of TEST_DATABASE_URL. The same tests run on both. */
export async function openTestDatabase(): Promise<Database> {
  const server = process.env.TEST_DATABASE_URL
  if (server === undefined || server === '') return Database.open({ backend: 'embedded', snapshot: await snapshot() }, MIGRATIONS)
  const name = `reverie_test_${process.pid}_${Date.now()}_${Math.floor(Math.random() * 1e6)}`
  const admin = new pg.Client({ connectionString: server })
  await admin.connect()
  await admin.query(`create database ${name}`)
  await admin.end()
  const url = new URL(server)
  url.pathname = `/${name}`
  return Database.open({ backend: 'postgresql', url: url.toString(), poolMax: 10 }, MIGRATIONS)
}

/** A migrated store to begin with: made once for all test files, since opening one from scratch takes seconds. */
async function snapshot(): Promise<Uint8Array> {
  const sources = readdirSync(MIGRATION_DIR).filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts')).sort()
  const hash = createHash('sha256').update(sources.map((name) => readFileSync(join(MIGRATION_DIR, name), 'utf8')).join('')).digest('hex').slice(0, 16)
  const path = join(tmpdir(), `reverie-test-store-${hash}.tar`)
  if (!existsSync(path)) {
    const fresh = await Database.open({ backend: 'embedded' }, MIGRATIONS)
    const bytes = (await fresh.dump())!
    await fresh.close()
    writeFileSync(`${path}.${process.pid}`, bytes)
    renameSync(`${path}.${process.pid}`, path)
  }
  return new Uint8Array(readFileSync(path))
}
