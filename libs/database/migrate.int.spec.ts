import type { MigrationInterface, QueryRunner } from 'typeorm'
import type { MigrationClass } from './migrate'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from './database'
import { createOnServer, testServer } from './testing'

/** A migration that makes a table of its own name. */
const making = (name: string): MigrationClass => class implements MigrationInterface {
  name = name

  async up(db: QueryRunner): Promise<void> {
    await db.query(`create extension if not exists vector; create table ${name} (id int)`)
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`drop table ${name}`)
  }
}
const [FIRST, SECOND, THIRD] = [making('First1700000000001'), making('Second1700000000002'), making('Third1700000000003')]
/** Each release serves itself and the one before it. */
const RELEASES = [
  { migrations: [FIRST], servesSince: 1700000000001 },
  { migrations: [FIRST, SECOND], servesSince: 1700000000001 },
  { migrations: [FIRST, SECOND, THIRD], servesSince: 1700000000002 },
] as const

describe('the schema of a store that several releases use', () => {
  let at: { backend: 'postgresql'; url: string } | { backend: 'embedded'; dataDir: string }
  let drop: () => Promise<void>
  beforeAll(async () => {
    if (testServer()) {
      const server = await createOnServer(testServer()!)
      at = { backend: 'postgresql', url: server.url }
      drop = server.drop
    } else {
      const dataDir = mkdtempSync(join(tmpdir(), 'reverie-schema-'))
      at = { backend: 'embedded', dataDir }
      drop = async () => rmSync(dataDir, { recursive: true, force: true })
    }
  })
  afterAll(() => drop?.())

  /** Starts a release and says what it found: the migrations that it ran, or why it did not start. */
  const start = async (release: number, migrate: boolean): Promise<readonly string[] | string> => {
    try {
      const database = await openDatabase({ ...at, ...RELEASES[release], migrate })
      await database.close()
      return database.migrated
    } catch (error) {
      return (error as Error).message
    }
  }

  it('is too old before anything has run, and stays as it is', async () => {
    expect(await start(0, false)).toContain('too old for this build: 1 migration has not run (First1700000000001)')
    expect(await start(0, false)).toContain('too old')
  })

  it('is fit once it was migrated', async () => {
    expect(await start(0, true)).toEqual(['First1700000000001'])
    expect(await start(0, false)).toEqual([])
  })

  it('is too old for a later release until that has migrated', async () => {
    expect(await start(1, false)).toContain('Second1700000000002')
    expect(await start(1, true)).toEqual(['Second1700000000002'])
  })

  it('serves the release before as well, which may even migrate', async () => {
    expect(await start(0, false)).toEqual([])
    expect(await start(0, true)).toEqual([])
  })

  it('is too new for the release before that, whether it migrates or not', async () => {
    expect(await start(2, true)).toEqual(['Third1700000000003'])
    expect(await start(1, true)).toEqual([])
    expect(await start(0, false)).toContain('too new for this build')
    expect(await start(0, true)).toContain('too new for this build')
  })
})
