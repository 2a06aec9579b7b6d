import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findPrograms, whatIsMissing } from './find'

describe('what the suites of server mode need', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'reverie-find-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('is named, with every way to get it', () => {
    const text = whatIsMissing({}, {})
    for (const word of ['Postgres with pgvector', 'Redis', 'root on Debian', 'PATH', 'TEST_DATABASE_URL', 'TEST_REDIS_URL', '--selectProjects embedded']) expect(text).toContain(word)
    expect(whatIsMissing({ redis: '/usr/bin/redis-server' }, {})).not.toContain('Redis (7')
  })

  it('may be running elsewhere', () => {
    expect(whatIsMissing({}, { TEST_DATABASE_URL: 'postgresql://somewhere', TEST_REDIS_URL: 'redis://somewhere' })).toBeUndefined()
    expect(whatIsMissing({ postgres: '/bin', redis: '/bin/redis-server' }, {})).toBeUndefined()
  })

  it('is found along PATH, and a Postgres without pgvector is none', async () => {
    const bin = join(folder, 'bin')
    mkdirSync(bin)
    for (const name of ['initdb', 'redis-server']) writeFileSync(join(bin, name), '')
    // Programs of Debian win, where this is one.
    const here = findPrograms({ PATH: '' })
    expect(findPrograms({ PATH: bin })).toEqual({ postgres: here.postgres, redis: here.redis ?? join(bin, 'redis-server') })
    mkdirSync(join(folder, 'share/postgresql/extension'), { recursive: true })
    writeFileSync(join(folder, 'share/postgresql/extension/vector.control'), '')
    expect(findPrograms({ PATH: bin }).postgres).toBe(here.postgres ?? bin)
  })

  it('is not installed by somebody who may not, and they are told', async () => {
    // A copy, where that user may read it: the checkout may be in somebody's own folder.
    const script = join(folder, 'install-debian.sh')
    copyFileSync(join(__dirname, 'install-debian.sh'), script)
    chmodSync(folder, 0o755)
    chmodSync(script, 0o755)
    const child = spawn('bash', [script], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'], ...(process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}) })
    let said = ''
    child.stderr.on('data', (text: Buffer) => (said += text.toString()))
    const [code] = (await once(child, 'close')) as [number]
    expect(code).toBe(1)
    expect(said).toMatch(/needs root|not Debian|Permission denied/)
  })
})
