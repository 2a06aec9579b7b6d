/** Servers of a bench's own: Postgres and Redis as an operator would run them, and an embeddings server that hashes words. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { diskUsage, ROOT } from './machine.mjs'

/** Those of docker-compose.yml, for a machine of 4 GB; durable, unlike those of the tests. By mmap: a container may have 64 MB of /dev/shm. */
const POSTGRES = [
  'fsync=on', 'synchronous_commit=on', 'full_page_writes=on', 'shared_buffers=1GB', 'effective_cache_size=3GB', 'work_mem=32MB', 'maintenance_work_mem=1GB',
  'wal_compression=on', 'max_wal_size=4GB', 'max_connections=100', 'autovacuum_naptime=1min', 'dynamic_shared_memory_type=mmap',
]
const REDIS = ['--appendonly', 'yes', '--maxmemory-policy', 'noeviction']

/**
 * Starts the servers that are asked for and answers the settings that lead to them. They end with this process, however that ends.
 * @param {{ server?: boolean, hashed?: boolean }} options
 */
export async function startServers({ server, hashed }) {
  const names = [...(server ? [['postgres', ...POSTGRES].join(','), ['redis', ...REDIS].join(',')] : []), ...(hashed ? ['embedder'] : [])]
  if (names.length === 0) return { env: {}, stored: () => null, stop: async () => {} }
  const register = join(ROOT, 'libs', 'database', 'testing', 'register-ts.cjs')
  const keeper = spawn(process.execPath, ['--conditions=reverie-source', '--require', register, join(ROOT, 'test', 'servers', 'keeper.ts'), ...names],
    { detached: true, stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(keeper, 'exit')
  const [line] = await Promise.race([once(createInterface(keeper.stdout), 'line'), ended.then(() => { throw new Error('the servers of the bench did not start') })])
  const { postgres, redis, embedder, folder } = JSON.parse(line)
  return {
    env: {
      ...(server ? { DATABASE_URL: postgres, REDIS_URL: redis, APP_SECRET: 'a secret of the bench', DATABASE_MIGRATE: 'on' } : {}),
      ...(hashed ? { EMBEDDING_PROVIDER: 'openai', EMBEDDING_MODEL: 'hash', EMBEDDING_BASE_URL: embedder } : {}),
    },
    /** Postgres' tables and indexes on disk, in bytes, without its log of writes. */
    stored: () => (folder ? diskUsage(join(folder, 'data', 'base')) : null),
    stop: async () => {
      keeper.stdin.end()
      await ended
    },
  }
}
