import { execFileSync } from 'node:child_process'
import { chownSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { unprivileged } from '../../test/servers/find'
import { PrivatePostgres } from '../../test/servers/private-server'
import { openDatabase } from './database'
import { checkSession } from './session-check'
import { SESSION_SETTINGS } from './session-settings'
import { createOnServer, makeVectorOlder, testServer } from './testing'
import { Notes1700000000000 } from './testing/notes.migration'
import { startPooler } from './testing/pooler'

const migrations = [Notes1700000000000]
const query = async (url: string, ...statements: string[]): Promise<Record<string, string>[]> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    let rows: Record<string, string>[] = []
    for (const statement of statements) rows = (await client.query<Record<string, string>>(statement)).rows
    return rows
  } finally {
    await client.end()
  }
}
const as = (url: string, user: string, password: string): string => Object.assign(new URL(url), { username: user, password }).toString()

describe('a start on Postgres', () => {
  let url: string
  let drop: () => Promise<void>
  beforeEach(async () => {
    ({ url, drop } = await createOnServer(testServer()!))
  })
  afterEach(() => drop?.())

  it('says that the server has no pgvector', async () => {
    // A server without it, as far as a session can see.
    await query(url, 'create schema bare', `create view bare.pg_available_extensions as select * from pg_catalog.pg_available_extensions where name <> 'vector'`)
    const bare = `${url}?options=${encodeURIComponent('-c search_path=bare,pg_catalog,public')}`
    await expect(openDatabase({ backend: 'postgresql', url: bare, migrations })).rejects.toMatchObject({
      name: 'StartupError', message: expect.stringMatching(/does not have the extension "vector"/), cure: expect.stringContaining('pgvector'),
    })
  })

  it('needs no superuser where the extension and the roles exist', async () => {
    const role = `plain_${Date.now()}`
    const database = new URL(url).pathname.slice(1)
    await query(url, 'create extension vector',
      ...['reverie_app', 'reverie_maintenance'].map((name) => `do $$ begin if not exists (select from pg_roles where rolname = '${name}') then create role ${name}; end if; end $$`),
      `create role ${role} login password 'plain'`, `grant reverie_app, reverie_maintenance to ${role}`, 'grant create on schema public to reverie_maintenance',
      `grant create on schema public to ${role} with grant option`, `grant create on database ${database} to ${role}`)
    const db = await openDatabase({ backend: 'postgresql', url: as(url, role, 'plain'), migrations })
    expect(await db.sql.many('maintenance', 'select 1 as one from note')).toEqual([])
    await db.close()
    await query(url, `drop owned by ${role} cascade`, `drop role ${role}`)
  })

  it('makes the session settings defaults of the role when a pooler drops them, and says so', async () => {
    const role = `pooled_${Date.now()}`
    await query(url, 'create extension vector', `create role ${role} login password 'pooled'`)
    const pooler = await startPooler(as(url, role, 'pooled'))
    const warnings: string[] = []
    const check = async (): Promise<string[]> => {
      const client = new pg.Client({ connectionString: pooler.url, options: '-c jit=off' })
      await client.connect()
      try {
        return await checkSession(async (text) => (await client.query<Record<string, string>>(text)).rows, { warn: (text: string) => void warnings.push(text) })
      } finally {
        await client.end()
      }
    }
    expect(await check()).toEqual(expect.arrayContaining(['plan_cache_mode', 'jit', 'hnsw.ef_search']))
    expect(warnings).toEqual([expect.stringMatching(/drops start-up options.*defaults of the role now/)])
    expect(await check()).toEqual([])
    await pooler.close()
    await query(url, `drop owned by ${role}`, `drop role ${role}`)
  })

  it('gives every session its settings without a pooler', async () => {
    const db = await openDatabase({ backend: 'postgresql', url, migrations })
    for (const [name, value] of Object.entries(SESSION_SETTINGS)) {
      expect([name, (await db.pool.query<{ value: string }>(`select current_setting('${name}', true) as value`)).rows[0]!.value]).toEqual([name, value])
    }
    await db.close()
  })

  it('says when pgvector has no halfvec', async () => {
    await makeVectorOlder(url)
    const warnings: string[] = []
    const off = await checkSession((text) => query(url, text), { warn: (text: string) => void warnings.push(text) })
    expect(warnings[0]).toMatch(/pgvector 0\.6\.2 has no halfvec.*kept as vector/)
    expect(off.length).toBeGreaterThan(0)
  })

  it('stops a statement at its limit, and the connection goes on', async () => {
    const db = await openDatabase({ backend: 'postgresql', url, migrations, poolMax: 1, timeoutMs: 100 })
    const user = { userId: '00000000-0000-4000-8000-00000000000a' }
    await expect(db.sql.many(user, 'select pg_sleep(30)')).rejects.toMatchObject({ code: 'unavailable', message: 'the database took too long' })
    await expect(db.sql.transaction(user, () => db.sql.many(user, 'select pg_sleep(30)'))).rejects.toMatchObject({ code: 'unavailable' })
    expect(await db.sql.one(user, `select current_setting('statement_timeout') as limit`)).toEqual({ limit: '100ms' })
    expect((await db.pool.query(`select current_setting('statement_timeout') as limit`)).rows).toEqual([{ limit: '0' }])
    await db.close()
  })
})

describe('a start on Postgres by TLS', () => {
  let server: PrivatePostgres
  let ca: string
  beforeAll(async () => {
    server = await PrivatePostgres.create(['ssl=on', 'ssl_cert_file=../ca.pem', 'ssl_key_file=../key.pem'])
    ca = join(server.folder, 'ca.pem')
    const key = join(server.folder, 'key.pem')
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=db.example', '-addext', 'subjectAltName=DNS:localhost',
      '-keyout', key, '-out', ca], { stdio: 'pipe' })
    const user = unprivileged()
    if (user) for (const file of [key, ca]) chownSync(file, user.uid, user.gid)
    expect(readFileSync(ca, 'utf8')).toContain('BEGIN CERTIFICATE')
    await server.start()
  })
  afterAll(() => server?.close())

  const open = async (parameters: string, caFile?: string, host = 'localhost'): Promise<boolean> => {
    const db = await openDatabase({ backend: 'postgresql', url: `${server.url.replace('127.0.0.1', host)}?${parameters}`, caFile })
    const { rows } = await db.pool.query<{ ssl: boolean }>('select ssl from pg_stat_ssl where pid = pg_backend_pid()')
    await db.close()
    return rows[0]!.ssl
  }

  it('means by sslmode what psql means', async () => {
    expect(await open('sslmode=disable')).toBe(false)
    expect(await open('sslmode=require')).toBe(true)
    expect(await open('sslmode=verify-full', ca)).toBe(true)
    expect(await open(`sslmode=verify-full&sslrootcert=${encodeURIComponent(ca)}`)).toBe(true)
    expect(await open('sslmode=verify-ca', ca, '127.0.0.1')).toBe(true)
  })

  it('refuses what it cannot trust, with the cure', async () => {
    await expect(open('sslmode=verify-full')).rejects.toMatchObject({ name: 'StartupError', message: expect.stringContaining('not trusted'), cure: expect.stringContaining('PGSSLROOTCERT') })
    await expect(open('sslmode=verify-full', ca, '127.0.0.1')).rejects.toMatchObject({ name: 'StartupError', message: expect.stringContaining('not trusted') })
    await expect(open('sslmode=verify-ca')).rejects.toMatchObject({ name: 'StartupError', cure: expect.stringContaining('PGSSLROOTCERT') })
    await expect(open('sslmode=verify-full', join(server.folder, 'none.pem'))).rejects.toMatchObject({ name: 'StartupError', message: expect.stringContaining('cannot be read') })
  })

  it('says that a server speaks no TLS', async () => {
    await expect(openDatabase({ backend: 'postgresql', url: `${testServer()}?sslmode=require` })).rejects.toMatchObject({
      name: 'StartupError', message: expect.stringContaining('does not speak TLS'), cure: expect.stringContaining('sslmode'),
    })
  })
})
