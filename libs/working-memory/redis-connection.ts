import { Redis, type RedisOptions } from 'ioredis'
import { certificateAuthority } from '#database'
import { StartupError } from '#kernel'

export interface RedisTarget {
  /** redis:// or rediss:// */
  readonly url: string
  /** File of the certificate authority (PEM) that signed the server's certificate. */
  readonly caFile?: string
}

/** Focus is worth a short wait and no more: without it recall and remember go on. Milliseconds. */
const COMMAND_MS = 500
const CONNECT_MS = 3_000
const RETRY_MS = 1_000

/** Where it is, without user and password. */
export function placeOf(url: string): string {
  const { hostname, port, pathname } = new URL(url)
  return `${hostname}:${port || 6379}${pathname.length > 1 ? pathname : ''}`
}

/**
 * Connects, or says why it cannot. Later the connection comes back by itself; while it is away commands fail at once, none is queued
 * and none is sent twice.
 * @throws StartupError with cause and cure
 */
export async function connectRedis(target: RedisTarget): Promise<Redis> {
  let started = false
  const redis = new Redis(target.url, {
    lazyConnect: true, connectTimeout: CONNECT_MS, commandTimeout: COMMAND_MS, maxRetriesPerRequest: 0, enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false, ...tls(target),
    retryStrategy: (times) => (started ? Math.min(50 * times, RETRY_MS) : null),
  })
  let last: Error | undefined
  // Unheard, an error event is printed by ioredis; whoever sends a command hears of it in any case.
  redis.on('error', (error: Error) => (last = error))
  try {
    await redis.connect()
    // The answer to choosing a database comes as an event, before that of the next command.
    await redis.ping()
    if (last !== undefined) throw last
    started = true
    return redis
  } catch (error) {
    redis.disconnect()
    redis.stream?.destroy()
    throw startupError(last ?? error, target)
  }
}

function tls({ url, caFile }: RedisTarget): Pick<RedisOptions, 'tls'> {
  if (!url.startsWith('rediss:')) return {}
  return { tls: caFile === undefined ? {} : { ca: certificateAuthority(caFile, 'Redis', 'Correct REDIS_CA_FILE') } }
}

function startupError(cause: unknown, { url }: RedisTarget): StartupError {
  const { code, message } = cause as NodeJS.ErrnoException
  const told = (text: string, cure: string): StartupError => new StartupError(`${text} (${code ?? message})`, cure, { cause })
  const at = placeOf(url)
  if (/WRONGPASS|NOAUTH|invalid password|without any password/i.test(message)) return told(`Redis at ${at} refuses to log in`, 'Correct the user and password in REDIS_URL.')
  if (/NOPERM/.test(message)) return told(`The user of Redis at ${at} lacks a right`, 'Grant it the commands that are named and all keys that begin with REDIS_PREFIX.')
  if (/DB index|invalid DB/i.test(message)) return told(`Redis at ${at} does not have that database`, 'Correct the number at the end of REDIS_URL.')
  if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME/.test(code ?? '') || /certificate/i.test(message)) {
    return told(`The certificate of Redis at ${at} is not trusted`, 'Name the authority that signed it in REDIS_CA_FILE, and the host in REDIS_URL as the certificate does.')
  }
  if (/SSL|TLS|EPROTO/.test(`${code} ${message}`)) {
    return told(`Redis at ${at} does not speak TLS there`, 'Use redis:// in REDIS_URL, or the port on which it speaks TLS.')
  }
  return told(`Redis cannot be reached at ${at}`, 'Start the server, or correct the host and port in REDIS_URL (rediss:// where it wants TLS).')
}
