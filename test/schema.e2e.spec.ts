import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { Database } from '#database'
import { createOnServer, testServer } from '../libs/database/testing'
import { MIGRATIONS } from '../migrations'
import { BRIEF, DIST, ensureBuilt } from './support/built'
import { startServer, type TestServer } from './support/server'

/** Runs the built command line, or the built server, to its end. */
async function run(app: 'cli' | 'api', args: readonly string[], env: Record<string, string>, cwd: string): Promise<{ code: number; stdout: string; stderr: string }> {
  const { PATH = '' } = process.env
  return promisify(execFile)(process.execPath, [...BRIEF, join(DIST, app, 'main.js'), ...args], { cwd, env: { PATH, ...env } })
    .then((said) => ({ code: 0, ...said }), (error) => ({ code: error.code, stdout: error.stdout, stderr: error.stderr }))
}

describe('the command line', () => {
  let dir: string
  beforeAll(() => {
    ensureBuilt()
    dir = mkdtempSync(join(tmpdir(), 'reverie-cli-'))
  })
  afterAll(() => rmSync(dir, { recursive: true, force: true }))

  it('migrates an embedded store, says what it ran, has nothing to do a second time, and maintains it', async () => {
    const env = { DATA_DIR: join(dir, 'store') }
    const first = await run('cli', ['migrate'], env, dir)
    expect(first).toMatchObject({ code: 0, stdout: expect.stringContaining(`ran ${MIGRATIONS[0]!.name}\n`) })
    expect(await run('cli', ['migrate'], env, dir)).toEqual({ code: 0, stderr: '', stdout: `The schema is up to date (embedded store in ${env.DATA_DIR}).\n` })
    expect(await run('cli', ['maintain'], env, dir)).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/^(made memory_embedding_\d{4}_\d\d\n){3}The store is maintained.\n$/) })
    expect(await run('cli', ['maintain'], env, dir)).toEqual({ code: 0, stderr: '', stdout: 'The store is maintained.\n' })
  })

  it('names its commands when it is asked for none, or for one that it does not have', async () => {
    expect(await run('cli', [], {}, dir)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(/^Usage: reverie [^]*\n {2}migrate /) })
    expect(await run('cli', ['fly'], {}, dir)).toMatchObject({ code: 2, stderr: expect.stringContaining("unknown command 'fly'") })
    expect(await run('cli', ['migrate', 'now'], {}, dir)).toMatchObject({ code: 2 })
  })

  const onServer = testServer() ? it : it.skip
  onServer('migrates Postgres once for several processes at once; before that the server does not start, and says what to do', async () => {
    const { url, drop } = await createOnServer(testServer()!)
    const env = { DATABASE_URL: url, APP_SECRET: 'a secret for end-to-end tests', PORT: '0', REDIS_URL: process.env.TEST_REDIS_URL! }
    try {
      expect(await run('api', [], env, dir)).toMatchObject({ code: 1, stderr: expect.stringMatching(/too old for this build[^]*npm run migrate/) })
      const all = await Promise.all(Array.from({ length: 4 }, () => run('cli', ['migrate'], env, dir)))
      expect(all.map(({ code }) => code)).toEqual([0, 0, 0, 0])
      expect(all.filter(({ stdout }) => stdout.includes('ran '))).toHaveLength(1)
      const client = new pg.Client({ connectionString: url })
      await client.connect()
      expect((await client.query('select name from migration order by timestamp')).rows.map((row) => row.name)).toEqual(MIGRATIONS.map(({ name }) => name))
      await client.end()
    } finally {
      await drop()
    }
  })
})

describe('a server whose schema a later release has made its own', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server?.close())

  it('is not ready any more, and says why', async () => {
    expect((await server.api.get('/health/ready')).status).toBe(200)
    await server.app.get(Database, { strict: false }).dataSource.query(`comment on table migration is 'serves releases since 9999999999999'`)
    const answer = await server.api.get<{ error: { code: string; message: string } }>('/health/ready')
    expect(answer).toMatchObject({ status: 503, body: { error: { code: 'unavailable', message: expect.stringContaining('too new for this build') } } })
    expect((await server.api.get('/health')).status).toBe(200)
  })
})
