import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from './database'
import { PgliteProcess } from './pglite-process'
import { Notes1700000000000 } from './testing/notes.migration'
import { spawnChild } from './testing/spawn-child'
import { queryFrame } from './wire'

const USER = { userId: '00000000-0000-4000-8000-00000000000a' }
const LONG = 'select count(*) from generate_series(1, 4000000) a' // over a second of work
const ENDLESS = 'select count(*) from generate_series(1, 1000000000000) a'

let dataDir: string
beforeAll(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'reverie-data-'))
})
afterAll(() => rmSync(dataDir, { recursive: true, force: true }))

it('loses nothing that it has acknowledged when killed', async () => {
  const acknowledged: string[] = []
  for (let round = 0; round < 2; round++) {
    const child = await spawnChild('write', dataDir)
    while (child.lines.length < 60) await new Promise((resolve) => setTimeout(resolve, 5))
    await child.kill()
    acknowledged.push(...child.lines)
  }
  const db = await openDatabase({ backend: 'embedded', dataDir, migrations: [Notes1700000000000] })
  const found = new Set((await db.sql.many<{ content: string }>(USER, 'select content from note')).map((r) => r.content))
  expect(acknowledged.filter((content) => !found.has(content))).toEqual([])
  // A transaction is there with all it did or not at all.
  expect([...found].filter((c) => c.endsWith(' again') && !found.has(c.replace(' again', '')))).toEqual([])
  await db.close()
})

it('is restarted when it hangs, and serves on', async () => {
  const db = await openDatabase({ backend: 'embedded', dataDir, limitMs: 4_000, migrations: [Notes1700000000000] })
  const before = (await db.sql.one<{ n: number }>(USER, 'select count(*)::int as n from note'))!.n
  const listener = new db.driver.Client()
  await listener.connect()
  const ended = new Promise((resolve) => listener.on('error', resolve))
  const hung = db.sql.many(USER, ENDLESS)
  const waiting = db.sql.many(USER, 'select 1')
  await expect(hung).rejects.toMatchObject({ code: 'unavailable', cause: { message: expect.stringContaining('did not answer within 4 s') } })
  await expect(waiting).rejects.toMatchObject({ code: 'unavailable' })
  await ended // clients learn that what they had in the session is gone
  expect(await db.sql.one(USER, 'select count(*)::int as n from note')).toEqual({ n: before })
  expect(await db.sql.one(USER, `select current_setting('plan_cache_mode') as s`)).toEqual({ s: 'force_custom_plan' })
  await db.close()
  await db.close()
  await expect(db.sql.many(USER, 'select 1')).rejects.toMatchObject({ code: 'unavailable' })
})

it('leaves the event loop alone while it works', async () => {
  const db = await openDatabase({ backend: 'embedded', migrations: [] })
  let ticks = 0
  const timer = setInterval(() => ticks++, 5)
  const started = performance.now()
  await db.dataSource.query(LONG)
  clearInterval(timer)
  expect(ticks).toBeGreaterThan((performance.now() - started) / 5 / 10)
  await db.close()
})

it('says why it does not open, and tries again', async () => {
  const process = new PgliteProcess({ dataDir: '/dev/null/data' })
  await expect(process.waitReady()).rejects.toThrow()
  await expect(process.waitReady()).rejects.toThrow(/ENOTDIR|not a directory/i)
  await process.close()
  await expect(process.exec(queryFrame('select 1'))).rejects.toThrow('closed')
})
