import fs, { mkdirSync, mkdtempSync, rmdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StartupError } from '#kernel'
import { type Database, openDatabase } from './database'
import { Notes1700000000000 } from './testing/notes.migration'
import { copyTemplate } from './testing/template'

const ANA = { userId: '00000000-0000-4000-8000-00000000000a' }
const MIB = 1 << 20
const FULL = { code: 'unavailable', message: expect.stringMatching(/^the disk of the database is full: free some space/) }
/** Postgres writes each file of its log under this name first, so that a folder of it stops the log as a full disk does: for root, too. */
const NEXT_LOG = join('postgres', 'pg_wal', 'xlogtemp.42')

describe('an embedded store and its disk', () => {
  let folder: string
  let database: Database
  let free: number
  const open = (dataDir = folder): Promise<Database> => openDatabase({ backend: 'embedded', dataDir, migrations: [Notes1700000000000] })
  beforeAll(async () => {
    const { statfsSync } = fs
    jest.spyOn(fs, 'statfsSync').mockImplementation(((path: string) => ({ ...statfsSync(path), bavail: free, bsize: MIB })) as typeof statfsSync)
    folder = mkdtempSync(join(tmpdir(), 'reverie-disk-'))
    free = 1_000
    await copyTemplate({ migrations: [Notes1700000000000] }, folder)
    database = await open()
    database.started()
  })
  beforeEach(() => (free = 1_000))
  afterAll(async () => {
    await database?.close()
    jest.restoreAllMocks()
    rmSync(folder, { recursive: true, force: true })
  })

  const note = (content: string): Promise<number> => database.sql.run(ANA, 'insert into note (user_id, content) values ($1, $2)', [ANA.userId, content])
  const erase = (content: string) => (): Promise<number> => database.sql.run(ANA, 'delete from note where user_id = $1 and content = $2', [ANA.userId, content])
  const notes = async (): Promise<string[]> =>
    (await database.sql.many<{ content: string }>(ANA, 'select content from note where user_id = $1 order by content', [ANA.userId])).map(({ content }) => content)

  it('stores nothing more once it is nearly full, is read and erased from, and stores again when there is room', async () => {
    await note('one')
    await note('two')
    expect(database.disk()).toEqual({ freeBytes: 1_000 * MIB, reserveBytes: 128 * MIB })
    free = 127
    await expect(note('three')).rejects.toMatchObject(FULL)
    await expect(database.sql.transaction(ANA, () => note('four'))).rejects.toMatchObject(FULL)
    await expect(database.sql.transaction(ANA, erase('one'))).rejects.toMatchObject(FULL)
    expect(await notes()).toEqual(['one', 'two'])
    await database.sql.transaction(ANA, erase('one'), 'erase')
    expect(await notes()).toEqual(['two'])
    free = 130 // not yet: it would come and go
    await expect(note('three')).rejects.toMatchObject(FULL)
    free = 150
    await note('three')
    const purge = (): Promise<unknown> => database.purge((store) => store.rewrite(['note'], new AbortController().signal))
    await expect(purge()).resolves.toBeGreaterThan(0)
    free = 128
    await expect(purge()).rejects.toMatchObject({ message: expect.stringContaining('too full to write a table anew') })
    free = 1_000
    await erase('three')()
  })

  it('refuses the whole of a transaction in the middle of which there is no room left, of one that erases, too', async () => {
    for (const purpose of [undefined, 'erase'] as const) {
      const going = database.sql.transaction(ANA, async () => {
        await erase('two')()
        free = 63
        await note('five')
      }, purpose)
      await expect(going).rejects.toMatchObject(FULL)
      free = 1_000
      expect(await notes()).toEqual(['two'])
    }
  })

  it('is opened anew after its Postgres ended, as soon as that can go on, with all that was acknowledged', async () => {
    mkdirSync(join(folder, NEXT_LOG))
    const told: unknown[] = []
    const acknowledged: string[] = []
    while (told.length === 0) {
      const content = `note ${acknowledged.length}`
      await database.sql.transaction(ANA, async () => {
        await note(content)
        await database.sql.many(ANA, `select pg_logical_emit_message(true, 'fills the log', repeat('x', 2000000))`)
      }).then(() => acknowledged.push(content), (error: unknown) => told.push(error))
    }
    expect(told).toEqual([expect.objectContaining({ code: 'unavailable' })])
    rmdirSync(join(folder, NEXT_LOG))
    let after: string[] | undefined
    while (after === undefined) after = await notes().catch(() => undefined)
    expect(acknowledged.filter((content) => !after.includes(content))).toEqual([])
    expect(after).toHaveLength(acknowledged.length + 1)
    await note('after')
  })

  it('does not open where there is no room, or no right to write, and says so', async () => {
    const refusal = async (dataDir: string): Promise<StartupError> => open(dataDir).then(() => Promise.reject(new Error('it opened')), (error: StartupError) => error)
    free = 100
    const full = await refusal(join(folder, 'other'))
    expect(full).toMatchObject({ name: 'StartupError', message: expect.stringMatching(/^The disk of the embedded store in .*other is full: 100 MiB are free, and 128 MiB have to stay so$/) })
    expect(full.cure).toMatch(/Free some space/)
    await database.close()
    database = await open() // one that is there, to be read
    expect(await notes()).toContain('after')
    database.started()
    await expect(note('more')).rejects.toMatchObject(FULL)
    await database.close()
    jest.spyOn(fs, 'accessSync').mockImplementationOnce(() => {
      throw Object.assign(new Error(), { code: 'EROFS' })
    })
    rmSync(join(folder, 'postgres', 'global', 'pg_control'))
    free = 1_000
    expect(await refusal(folder)).toMatchObject({ name: 'StartupError', message: expect.stringMatching(/cannot be written$/), cure: expect.stringContaining('Mount') })
  })
})
