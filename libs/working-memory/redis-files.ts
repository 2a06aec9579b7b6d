import { setTimeout as delay } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import { ReverieError } from '#kernel'

/** How often, and how long, the end of a rewriting is looked for: it takes a second for some hundred MB. */
const PAUSE_MS = 100
const PATIENCE_MS = 600_000

/** Fields of INFO persistence. */
type Persistence = (name: string) => string | undefined

/**
 * Has Redis write its append-only file and its snapshot anew, those that it keeps: both hold what was deleted until then. Snapshots that a
 * provider takes are back-ups, out of our reach.
 * @returns what was done, a line each
 * @throws ReverieError forbidden when this user may not; unavailable when a rewriting fails or does not end
 */
export async function rewriteFiles(redis: Redis, signal: AbortSignal): Promise<string[]> {
  const did: string[] = []
  const before = await persistence(redis)
  if (before('aof_enabled') === '1') {
    await allowed('bgrewriteaof', () => redis.bgrewriteaof())
    await ended(redis, signal, (info) => info('aof_rewrite_in_progress') === '0' && info('aof_rewrite_scheduled') === '0', 'aof_last_bgrewrite_status')
    did.push('the append-only file of Redis was written anew')
  }
  // One who may not read settings is told by a provider when snapshots are taken.
  const save = await redis.config('GET', 'save').then((answer) => (answer as string[])[1], () => undefined)
  if (save === undefined) did.push('Redis does not tell whether it takes snapshots')
  else if (save !== '') {
    // Not while another is made, which began before.
    await ended(redis, signal, (info) => info('rdb_bgsave_in_progress') === '0')
    await allowed('bgsave', () => redis.bgsave())
    await ended(redis, signal, (info) => info('rdb_bgsave_in_progress') === '0', 'rdb_last_bgsave_status')
    did.push('the snapshot of Redis was written anew')
  }
  return did
}

async function persistence(redis: Redis): Promise<Persistence> {
  const info = await redis.info('persistence')
  return (name) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1]
}

async function ended(redis: Redis, signal: AbortSignal, over: (info: Persistence) => boolean, status?: string): Promise<void> {
  for (let waited = 0; waited < PATIENCE_MS; waited += PAUSE_MS) {
    const info = await persistence(redis)
    if (over(info)) {
      if (status === undefined || info(status) === 'ok') return
      throw new ReverieError('unavailable', 'Redis could not write its files anew; its log says why')
    }
    await delay(PAUSE_MS, undefined, { signal })
  }
  throw new ReverieError('unavailable', 'Redis is still writing its files')
}

async function allowed(command: string, ask: () => Promise<unknown>): Promise<void> {
  try {
    await ask()
  } catch (error) {
    if (!/NOPERM|unknown command/i.test((error as Error).message)) throw error
    throw new ReverieError('forbidden', `Redis keeps what was deleted in its files, and does not allow ${command}: grant it to the user of REDIS_URL`)
  }
}
