import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { StartupError } from '#kernel'
import {
  ConfigModule, documentedSettings, envExample, environment, isLoopback, loadAppSecret, loadSettings, secretCure, secretFile, Settings,
} from '.'

const KEY = 'sixteen-letters-1'
const APP_SECRET = 'the-secret-of-tests'

function refusal(env: Record<string, string>): StartupError {
  try {
    loadSettings(env)
  } catch (error) {
    if (error instanceof StartupError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

describe('settings', () => {
  it('need nothing', () => {
    expect(loadSettings({})).toEqual({
      http: { host: '127.0.0.1', port: 3000, maxRequests: 1_000 },
      store: { dataDir: './data', diskReserveMb: 128, databaseUrl: undefined, backend: 'embedded', poolMax: 10, databaseTimeoutMs: 10_000, redisPrefix: 'reverie', migrate: true,
        ledger: resolve('data.tombstones') },
      memory: { hotDays: 30, coldDays: 365, indexThreshold: 20_000, k: 10, salienceThreshold: 0.35, taskDays: 30, undoDays: 7, timeZone: 'UTC', dreamSchedule: '0 3 * * *',
      maintenanceSchedule: '0 5 * * *',
      focusTtlSeconds: 172_800,
      focusMaxItems: 64 },
      embedding: { provider: 'local', model: 'use-lite', dim: 768, precision: 'fp16', timeoutMs: 10_000, cacheSize: 10_000 },
      llm: { allowedHosts: ['public'], timeoutMs: 60_000, maxTokens: 2_000, callsPerRun: 20, tokensPerRun: 100_000 },
      security: { requestsPerMinute: 30_000, wrongKeysPerMinute: 600, secretChanged: 'refuse', tombstoneKeys: [] },
      mcp: {},
      logging: { level: 'info', recallText: false },
    })
  })

  it('take an empty value as none, and white space around one away', () => {
    expect(loadSettings({ PORT: '', MEMORY_K: ' 12 ' })).toMatchObject({ http: { port: 3000 }, memory: { k: 12 } })
  })

  it('read each kind of value', () => {
    expect(loadSettings({ PORT: '0', MEMORY_SALIENCE_WRITE_THRESHOLD: '0.5', RECALL_LOG_TEXT: 'on', DEFAULT_TIME_ZONE: 'Europe/Lisbon', LOG_LEVEL: 'debug' }))
      .toMatchObject({ http: { port: 0 }, memory: { salienceThreshold: 0.5, timeZone: 'Europe/Lisbon' }, logging: { level: 'debug', recallText: true } })
  })

  it.each([
    ['postgres://u:p@h/db'], ['postgresql://u:p@h/db'], ['postgresql+psycopg://u:p@h/db'],
  ])('read %s as an address of Postgres, which is then the store', (url) => {
    expect(loadSettings({ DATABASE_URL: url, REDIS_URL: 'redis://h', APP_SECRET }).store).toMatchObject({ databaseUrl: 'postgresql://u:p@h/db', backend: 'postgres' })
  })

  it('migrate at the start when embedded, on Postgres only when told so', () => {
    const migrates = (env: Record<string, string>): boolean => loadSettings({ APP_SECRET, ...env }).store.migrate
    const server = { DATABASE_URL: 'postgresql://h/db', REDIS_URL: 'redis://h' }
    expect(migrates(server)).toBe(false)
    expect(migrates({ ...server, DATABASE_MIGRATE: 'on' })).toBe(true)
    expect(migrates({ DATABASE_MIGRATE: 'off' })).toBe(false)
  })

  it.each([
    [{ OPENAI_API_KEY: 'sk' }, 'openai', 'bge-m3'],
    [{ EMBEDDING_BASE_URL: 'http://localhost:11434/v1' }, 'openai', 'bge-m3'],
    [{ OPENAI_API_KEY: 'sk', EMBEDDING_PROVIDER: 'local' }, 'local', 'use-lite'],
    [{ EMBEDDING_PROVIDER: 'openai', EMBEDDING_MODEL: 'text-embedding-3-small' }, 'openai', 'text-embedding-3-small'],
  ])('choose where vectors come from: %j', (env, provider, model) => {
    expect(loadSettings(env).embedding).toMatchObject({ provider, model })
  })

  it.each([
    [{ LLM_BASE_URL: 'http://localhost:11434/v1' }, /^LLM_BASE_URL is set, but LLM_MODEL is not/],
    [{ LLM_API_KEY: 'sk-secret' }, /^LLM_API_KEY is set, but LLM_MODEL is not/],
    [{ LLM_MODEL: 'm', OPENAI_API_KEY: 'sk-secret' }, /^LLM_MODEL is set, but neither LLM_BASE_URL nor LLM_API_KEY/],
  ])('refuse half a language model: %j', (env, message) => {
    expect(refusal(env as Record<string, string>).message).toMatch(message)
    expect(refusal(env as Record<string, string>).message).not.toContain('sk-secret')
  })

  it.each([
    ['PORT', 'abc'],
    ['DATABASE_POOL_MAX', '0'], ['DATABASE_TIMEOUT_MS', '0'], ['REDIS_PREFIX', 'a b'], ['PORT', '65536'],
    ['PORT', '-1'], ['MEMORY_K', '0'], ['MEMORY_K', '201'], ['MEMORY_SALIENCE_WRITE_THRESHOLD', '1.5'],
    ['DREAM_SCHEDULE', 'nightly'], ['DREAM_SCHEDULE', '0 0 3 1 1 1'], ['DREAM_SCHEDULE', '0 25 1 1 1'],
    ['MAINTENANCE_SCHEDULE', '5 am'], ['MEMORY_HOT_DAYS', '0'], ['MEMORY_COLD_DAYS', 'never'],
    ['DEFAULT_TIME_ZONE', 'Mars/Olympus'], ['MEMORY_BACKEND', 'sqlite'], ['LOG_LEVEL', 'loud'], ['EMBEDDING_PRECISION', 'fp8'],
    ['RECALL_LOG_TEXT', 'yes'],
  ])('refuse %s=%s by name, reason and value', (name, value) => {
    const { message, cure } = refusal({ [name]: value })
    expect(message).toMatch(new RegExp(`^${name} must be .*${JSON.stringify(value)}$`))
    expect(cure).toContain('.env')
  })

  it.each([
    ['DATABASE_URL', 'mysql://root:hunter2@h/db'], ['DATABASE_URL', 'hunter2'], ['REDIS_URL', 'http://:hunter2@h'], ['JOBS_REDIS_URL', 'hunter2'],
    ['REDIS_URL', 'redis://'], ['REDIS_URL', 'redis://:hunter2@h/hunter2'], ['DATABASE_URL', 'postgresql://u:hunter2@h:port/db'],
    ['EMBEDDING_BASE_URL', 'ftp://u:hunter2@h'],
    ['ADMIN_API_KEY', 'hunter2'], ['APP_SECRET', 'hunter2'], ['APP_SECRET', 'hunter2 hünter2 hunter2'],
  ])('refuse a wrong %s without printing it', (name, value) => {
    const { message } = refusal({ [name]: value })
    expect(message).toContain(`${name} must`)
    expect(message).not.toMatch(/h.nter2/)
  })

  it.each([
    ['DATABASE_URL', 'postgres://u:p@:5432/db'], ['DATABASE_URL', 'postgresql://u:p/w@h/db'], ['REDIS_URL', 'redis://h:99999'],
  ])('say of a %s that begins well what is wrong with it', (name, value) => {
    expect(refusal({ [name]: value }).message).toMatch(new RegExp(`^${name} must have a host .*port up to 65535.*%2F[^\n]*$`))
  })

  it('keep a ledger beside an embedded store, where it is said, or none', () => {
    const server = { DATABASE_URL: 'postgres://h/db', REDIS_URL: 'redis://h', APP_SECRET }
    const given = [{ DATA_DIR: '/x/data' }, { TOMBSTONE_LEDGER: '/y/ledger' }, { TOMBSTONE_LEDGER: 'off' }, server, { ...server, TOMBSTONE_LEDGER: '/y/ledger' }]
    expect(given.map((env) => loadSettings(env).store.ledger)).toEqual(['/x/data.tombstones', '/y/ledger', undefined, undefined, '/y/ledger'])
  })

  it('read keys of tombstones in their order, and refuse one that is too short, without showing any', () => {
    expect(loadSettings({ TOMBSTONE_KEY: 'the-newest-of-the-keys, the-one-before-it' }).security.tombstoneKeys).toEqual(['the-newest-of-the-keys', 'the-one-before-it'])
    const { message } = refusal({ TOMBSTONE_KEY: 'the-newest-of-the-keys,hunter2' })
    expect(message).toMatch(/^TOMBSTONE_KEY must/)
    expect(message).not.toMatch(/hunter2|newest/)
  })

  it('refuse months that are cold before they are warm', () => {
    expect(refusal({ MEMORY_COLD_DAYS: '30' }).message).toBe('MEMORY_COLD_DAYS must be more than MEMORY_HOT_DAYS (30), not 30')
    expect(loadSettings({ MEMORY_COLD_DAYS: '31' }).memory.coldDays).toBe(31)
    expect(loadSettings({ MEMORY_HOT_DAYS: '400' }).memory.coldDays).toBe(800)
  })

  it('name every fault at once', () => {
    expect(refusal({ PORT: 'x', MEMORY_K: 'y' }).message.split('\n')).toHaveLength(2)
  })

  it.each([
    [{ MEMORY_BACKEND: 'postgres', APP_SECRET }, /DATABASE_URL/],
    [{ DATABASE_URL: 'postgres://h/db', REDIS_URL: 'redis://h' }, /APP_SECRET/],
    [{ DATABASE_URL: 'postgres://h/db', APP_SECRET }, /REDIS_URL is required with Postgres/],
    [{ MEMORY_BACKEND: 'postgres', DATABASE_URL: 'postgres://h/db', APP_SECRET }, /REDIS_URL is required with Postgres/],
    [{ REDIS_URL: 'redis://h' }, /REDIS_URL is set, but DATABASE_URL is not/],
    [{ JOBS_REDIS_URL: 'redis://h' }, /JOBS_REDIS_URL is set, but DATABASE_URL is not/],
    [{ GRAPH_BACKEND: 'neo4j' }, /not available in this build/],
    [{ HOST: '0.0.0.0' }, /ADMIN_API_KEY/],
    [{ HOST: '192.168.1.5' }, /HOST/],
  ])('refuse what does not go together: %j', (env, reason) => {
    expect(refusal(env as Record<string, string>).message).toMatch(reason)
  })

  it('leave servers alone when the embedded store is asked for', () => {
    const { store } = loadSettings({ MEMORY_BACKEND: 'embedded', DATABASE_URL: 'postgres://h/db', REDIS_URL: 'redis://h' })
    expect(store.backend).toBe('embedded')
  })

  it('listen anywhere with a key', () => {
    expect(loadSettings({ HOST: '0.0.0.0', ADMIN_API_KEY: KEY }).http.host).toBe('0.0.0.0')
  })

  it('know loopback by every name', () => {
    for (const host of ['127.0.0.1', '127.1.2.3', 'localhost', 'LOCALHOST', '::1', '[::1]', '::ffff:127.0.0.1']) expect(isLoopback(host)).toBe(true)
    for (const host of ['0.0.0.0', '::', '10.0.0.1', 'localhost.evil.example', '127.evil.example', '']) expect(isLoopback(host)).toBe(false)
  })

  it('are provided under their class', () => {
    const settings = loadSettings({})
    expect(ConfigModule.forRoot(settings)).toMatchObject({ global: true, providers: [{ provide: Settings, useValue: settings }] })
  })
})

describe('the environment', () => {
  const folder = mkdtempSync(join(tmpdir(), 'reverie-env-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  it('is that of the process over the file', () => {
    const file = join(folder, '.env')
    writeFileSync(file, 'REVERIE_TEST_A=file\nREVERIE_TEST_B="from file"\n')
    process.env.REVERIE_TEST_A = 'process'
    try {
      expect(environment(file)).toMatchObject({ REVERIE_TEST_A: 'process', REVERIE_TEST_B: 'from file' })
      expect(process.env.REVERIE_TEST_B).toBeUndefined()
    } finally {
      delete process.env.REVERIE_TEST_A
    }
  })

  it('does without a file', () => {
    expect(environment(join(folder, 'none'))).toMatchObject({ PATH: process.env.PATH })
  })
})

describe('.env.example', () => {
  it('shows every setting once, with its default, and can be used as it is', () => {
    const text = envExample()
    for (const { env } of documentedSettings()) expect(text.match(new RegExp(`^# ${env}=`, 'gm'))).toHaveLength(1)
    expect(text).toContain('# PORT=3000\n')
    expect(text).toContain('# RECALL_LOG_TEXT=off\n')
    expect(text).toMatch(/\(secret\)\n# ADMIN_API_KEY=/)
  })
})

describe('the secret of an embedded store', () => {
  const folder = mkdtempSync(join(tmpdir(), 'reverie-secret-'))
  const settingsAt = (dir: string, env: Record<string, string> = {}) => loadSettings({ DATA_DIR: join(folder, dir), ...env })
  afterAll(() => rmSync(folder, { recursive: true }))

  it('is made once, beside the data, for the owner alone', () => {
    const settings = settingsAt('deep/data')
    const secret = loadAppSecret(settings)
    expect(secret).toMatch(/^[\w-]{43}$/)
    expect(loadAppSecret(settings)).toBe(secret)
    const file = secretFile(settings.store.dataDir)
    expect(file).toBe(join(folder, 'deep/data.secret'))
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(existsSync(settings.store.dataDir)).toBe(false)
  })

  it('is APP_SECRET when that is set', () => {
    expect(loadAppSecret(settingsAt('unused', { APP_SECRET }))).toBe(APP_SECRET)
    expect(existsSync(join(folder, 'unused.secret'))).toBe(false)
  })

  it('is refused when it was cut short, and left as it is', () => {
    writeFileSync(join(folder, 'short.secret'), 'abc')
    expect(() => loadAppSecret(settingsAt('short'))).toThrow(/holds no secret/)
    expect(readFileSync(join(folder, 'short.secret'), 'utf8')).toBe('abc')
  })

  it('is looked for where it was: in its file, or in APP_SECRET', () => {
    const own = settingsAt('cured')
    expect(secretCure(own)).toContain(`Restore ${join(folder, 'cured.secret')}`)
    expect(secretCure(settingsAt('cured', { APP_SECRET }))).toBe('Set APP_SECRET to the former secret.')
    loadAppSecret(own)
    expect(secretCure(settingsAt('cured', { APP_SECRET }))).toContain(`or take it out if the store was written with that of ${join(folder, 'cured.secret')}`)
  })

  it('names the file that cannot be read', () => {
    mkdirSync(join(folder, 'taken.secret'))
    chmodSync(join(folder, 'taken.secret'), 0o700)
    expect(() => loadAppSecret(settingsAt('taken'))).toThrow(/taken\.secret \(EISDIR\)/)
  })
})
