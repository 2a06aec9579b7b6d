import { Logger } from '@nestjs/common'
import { type Database, openDatabase } from './database'
import { createOnServer, testServer } from './testing'
import { Notes1700000000000 } from './testing/notes.migration'
import { startTransactionPooler } from './testing/transaction-pooler'

const USER = { userId: '00000000-0000-4000-8000-00000000000a' }
const INSERT = `insert into note (user_id, content) values ('${USER.userId}', $1)`
const MINE = 'select * from note where content like $1 order by content'

const onServer = testServer() ? describe : describe.skip

onServer('statements that sessions keep with their plans', () => {
  let url: string
  let drop: () => Promise<void>
  let warn: jest.SpyInstance
  const opened: { close(): Promise<void> }[] = []
  beforeEach(async () => {
    ({ url, drop } = await createOnServer(testServer()!))
    warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue()
    const db = await open(url)
    await db.sql.run(USER, INSERT, ['ferry'])
  })
  afterEach(async () => {
    warn.mockRestore()
    for (const one of opened.splice(0).reverse()) await one.close()
    await drop()
  })

  const open = async (address: string, poolMax = 1): Promise<Database> => {
    const db = await openDatabase({ backend: 'postgresql', url: address, migrations: [Notes1700000000000], poolMax })
    opened.push(db)
    return db
  }
  const pooled = async (sessions: number): Promise<string> => {
    const pooler = await startTransactionPooler(url, sessions)
    opened.push(pooler)
    return pooler.url
  }
  const mine = async ({ sql }: Database): Promise<unknown[]> => (await sql.manyKept(USER, MINE, ['f%'])).map((row) => row.content)
  const keptBy = async ({ pool }: Database): Promise<{ custom: number; generic: number }[]> =>
    (await pool.query(`select custom_plans::int as custom, generic_plans::int as generic from pg_prepared_statements where statement = $1`, [MINE])).rows

  it('are planned once, whatever the parameters', async () => {
    const db = await open(url)
    for (let i = 0; i < 3; i++) expect(await mine(db)).toEqual(['ferry'])
    expect(await keptBy(db)).toEqual([{ custom: 0, generic: 3 }])
    expect(warn).not.toHaveBeenCalled()
  })

  it('are done without, after one warning, where a pooler lends another session each time', async () => {
    const db = await open(await pooled(2), 4)
    warn.mockClear()
    for (let i = 0; i < 5; i++) expect(await mine(db)).toEqual(['ferry'])
    expect(await Promise.all(Array.from({ length: 8 }, () => mine(db)))).toEqual(Array(8).fill(['ferry']))
    expect(warn.mock.calls).toEqual([[expect.stringContaining('does not know prepared statements')]])
  })

  it('are done without where a pooler lends a session in which another client has left them', async () => {
    const address = await pooled(1)
    const [first, second] = [await open(address), await open(address)]
    warn.mockClear()
    expect(await mine(first)).toEqual(['ferry'])
    expect(await mine(second)).toEqual(['ferry'])
    expect(warn).toHaveBeenCalledTimes(1)
    for (let i = 0; i < 2; i++) expect([await mine(first), await mine(second)]).toEqual([['ferry'], ['ferry']])
    expect(warn).toHaveBeenCalledTimes(1)
  })

  it('that a session has lost are sent again', async () => {
    const db = await open(url)
    await mine(db)
    await db.pool.query('deallocate all')
    expect(await mine(db)).toEqual(['ferry'])
  })

  it('outlive a migration that gives their table another column', async () => {
    const db = await open(url)
    await mine(db)
    await (opened[0] as Database).dataSource.query(`alter table note add column mood text default 'calm'`)
    expect(await db.sql.manyKept(USER, MINE, ['f%'])).toMatchObject([{ content: 'ferry', mood: 'calm' }])
    expect(await mine(db)).toEqual(['ferry'])
    expect(await keptBy(db)).toMatchObject([{ generic: 1 }])
    expect(warn).not.toHaveBeenCalled()
  })

  it('fail as others do when they are wrong', async () => {
    const db = await open(url)
    await expect(db.sql.manyKept(USER, 'select 1 / $1::int', [0])).rejects.toMatchObject({ code: '22012' })
    await expect(db.sql.manyKept(USER, 'select * from note for update of nothing')).rejects.toMatchObject({ code: '42P01' })
    expect(await mine(db)).toEqual(['ferry'])
  })
})
