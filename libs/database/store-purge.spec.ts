import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { wordsOnDisk } from '../../test/support/disk'
import { type Database, openDatabase } from './database'
import { Notes1700000000000 } from './testing/notes.migration'

const ANA = { userId: '00000000-0000-4000-8000-00000000000a' }
const signal = new AbortController().signal

describe('the purge of an embedded store', () => {
  let folder: string
  let database: Database
  const open = (): Promise<Database> => openDatabase({ backend: 'embedded', dataDir: folder, migrations: [Notes1700000000000] })
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'reverie-purge-'))
    database = await open()
  })
  afterAll(async () => {
    await database?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const note = (content: string): Promise<number> => database.sql.run(ANA, 'insert into note (user_id, content) values ($1, $2)', [ANA.userId, content])
  const notes = (): Promise<unknown[]> => database.sql.many(ANA, 'select content from note where user_id = $1 order by id', [ANA.userId])
  const files = (): string => join(folder, 'postgres', 'base', '5')

  it('takes deleted rows out of tables, indexes and the log of writes, and keeps the others', async () => {
    await note('a frumious bandersnatch')
    await note('a galumphing borogove')
    await database.sql.run(ANA, `delete from note where user_id = $1 and content like '%bandersnatch'`, [ANA.userId])
    expect(wordsOnDisk([folder], ['bandersnatch'])).toEqual(['bandersnatch'])
    await database.purge((store) => store.rewrite(undefined, signal))
    await database.purge((store) => store.cycleLog(signal))
    expect(wordsOnDisk([folder], ['bandersnatch', 'borogove'])).toEqual(['borogove'])
    expect(await notes()).toEqual([{ content: 'a galumphing borogove' }])
  })

  it('removes what a process left behind that was killed while it wrote a table anew, and nothing else', async () => {
    for (const name of ['99999', '99999_fsm', '99999.1']) writeFileSync(join(files(), name), 'a frumious bandersnatch')
    await database.purge((store) => store.rewrite(undefined, signal))
    expect(wordsOnDisk([folder], ['bandersnatch'])).toEqual([])
    expect(existsSync(join(files(), '99999'))).toBe(false)
    await database.close()
    mkdirSync(join(folder, 'postgres', 'base', 'pgsql_tmp'), { recursive: true })
    writeFileSync(join(folder, 'postgres', 'base', 'pgsql_tmp', 'pgsql_tmp7.0'), 'a frumious bandersnatch')
    database = await open()
    expect(wordsOnDisk([folder], ['bandersnatch'])).toEqual([])
    expect(await notes()).toEqual([{ content: 'a galumphing borogove' }])
  })

  it('ends between two tables when it is told to', async () => {
    const ending = new AbortController()
    ending.abort(new Error('ending'))
    await expect(database.purge((store) => store.rewrite(undefined, ending.signal))).rejects.toThrow('ending')
    expect(await database.purge(async () => 'free again')).toBe('free again')
  })
})
