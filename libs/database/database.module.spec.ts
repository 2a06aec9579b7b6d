import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NestFactory } from '@nestjs/core'
import { DataSource, type MigrationInterface } from 'typeorm'
import { Database } from './database'
import { DatabaseModule } from './database.module'
import { Sql } from './sql'
import { Notes1700000000000 } from './testing/notes.migration'

let dataDir: string
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'reverie-module-'))
})
afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

const start = (migrations = [Notes1700000000000]) =>
  NestFactory.createApplicationContext(DatabaseModule.forRoot({ backend: 'embedded', dataDir, migrations }), { logger: false, abortOnError: false })

it('opens, migrates once, provides and closes', async () => {
  const app = await start()
  expect(app.get(Database).backend).toBe('embedded')
  expect(app.get(Sql)).toBe(app.get(Database).sql)
  const applied = () => app.get(DataSource).query('select name from migration')
  expect(await applied()).toEqual([{ name: 'Notes1700000000000' }])
  await expect(start()).rejects.toMatchObject({ name: 'StartupError', message: expect.stringContaining('in use') })
  await app.close()
  const again = await start()
  expect(await again.get(DataSource).query('select count(*)::int as n from migration')).toEqual([{ n: 1 }])
  await again.close()
})

it('gives everything back when a migration fails', async () => {
  class Wrong1700000000001 extends Notes1700000000000 implements MigrationInterface {
    override name = 'Wrong1700000000001'
    override up(db: Parameters<MigrationInterface['up']>[0]): Promise<void> {
      return db.query('create table half (x int); select 1 / 0')
    }
  }
  await expect(start([Notes1700000000000, Wrong1700000000001])).rejects.toMatchObject({ code: '22012' })
  const app = await start()
  expect(await app.get(DataSource).query(`select to_regclass('half') as t`)).toEqual([{ t: null }])
  await app.close()
})
