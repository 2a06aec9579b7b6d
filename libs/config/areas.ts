import { CronExpressionParser } from 'cron-parser'
import { IANAZone } from 'luxon'
import { z } from 'zod'
import { address, fraction, oneOf, secretText, setting, whole } from './setting'

const SECRET = { secret: true }
/** A host name or address, with or without a port. */
const HOST = /^(?:\[[\da-f:.]+\]|[\w-]+(?:\.[\w-]+)*)(?::\d{1,5})?$/i

function isSchedule(text: string): boolean {
  if (text === 'off') return true
  if (text.split(/\s+/).length !== 5) return false
  try {
    CronExpressionParser.parse(text)
    return true
  } catch {
    return false
  }
}

/** Where requests come in. */
export const http = z.object({
  host: setting(z.string().default('127.0.0.1'), 'HOST', 'Address to listen on. Another than loopback needs ADMIN_API_KEY.'),
  port: setting(whole(0, 65_535).default(3000), 'PORT', 'Port to listen on; 0 takes any free one.'),
  maxRequests: setting(whole(1, 1_000_000).default(1_000), 'MAX_REQUESTS',
  'Requests that one process has under way at most; one more is answered 503 with Retry-After.'),
  workerPort: setting(whole(0, 65_535).optional(), 'WORKER_PORT', 'Port on which dream-worker tells its health at /health. Without it, nowhere.', { example: '3001' }),
})

/** Where memories are kept. */
export const store = z.object({
  dataDir: setting(z.string().default('./data'), 'DATA_DIR', 'Folder of the embedded store; it holds everything remembered.'),
  diskReserveMb: setting(whole(0, 1_000_000).default(128), 'DISK_RESERVE_MB',
  'MiB of the disk of DATA_DIR that the embedded store keeps free: with less it stores nothing more; recalling and forgetting go on. 0 keeps none.'),
  databaseUrl: setting(
    // SQLAlchemy's way of writing the address is common where this service replaces a Python one.
    z.string().transform((url) => url.replace(/^postgres(ql)?(\+\w+)?:\/\//, 'postgresql://')).pipe(address('postgresql')).optional(),
    'DATABASE_URL', 'Postgres 13 or later with pgvector. Without it the store is embedded.',
    { ...SECRET, example: 'postgresql://reverie:password@localhost:5432/reverie' },
  ),
  backend: setting(
    oneOf('auto', 'postgres', 'embedded').default('auto'), 'MEMORY_BACKEND',
    'Where memories are kept: postgres (with Redis; server mode), embedded (servers that are named are left alone), or auto (postgres when DATABASE_URL is set).',
  ),
  databaseCa: setting(z.string().optional(), 'PGSSLROOTCERT',
  'File of the certificate authority (PEM) of Postgres; sslmode stands in DATABASE_URL and means what it means to psql.', { example: '/etc/ssl/postgres-ca.pem' }),
  poolMax: setting(whole(1, 1_000).default(10), 'DATABASE_POOL_MAX', 'Most connections of one process to Postgres.'),
  databaseTimeoutMs: setting(whole(100, 3_600_000).default(10_000), 'DATABASE_TIMEOUT_MS',
  'Milliseconds that one statement on Postgres may take, and the wait for a connection.'),
  migrate: setting(
    oneOf('auto', 'on', 'off').default('auto'), 'DATABASE_MIGRATE',
    'Whether a start brings the schema up to date: on, off (npm run migrate does), or auto (on when embedded, off on Postgres).',
  ),
  ledger: setting(
    z.string().optional(), 'TOMBSTONE_LEDGER',
    'File, outside of the store and better on another disk, that is told what is forgotten, so that a restored back-up does not bring it back; off keeps none. '
    + 'Default: DATA_DIR with .tombstones behind it when embedded, off on Postgres.', { example: '/var/lib/reverie/tombstones' },
  ),
  graphBackend: setting(oneOf('postgres', 'neo4j').default('postgres'), 'GRAPH_BACKEND',
  'Where edges are kept; in this build always the store itself.'),
  redisUrl: setting(
    address('redis', 'rediss').optional(), 'REDIS_URL', 'Redis for the focus buffer. Required with Postgres, and of no use without.',
    { ...SECRET, example: 'redis://localhost:6379' },
  ),
  redisCa: setting(z.string().optional(), 'REDIS_CA_FILE', 'File of the certificate authority (PEM) of Redis, for rediss://.', { example: '/etc/ssl/redis-ca.pem' }),
  redisPrefix: setting(z.string().regex(/^[\w.-]{1,64}$/, 'must be 1 to 64 letters, digits, dots, dashes or underscores').default('reverie'), 'REDIS_PREFIX',
  'What every key in Redis begins with; two installations on one Redis need two.'),
  jobsRedisUrl: setting(
    address('redis', 'rediss').optional(), 'JOBS_REDIS_URL',
    'Redis for jobs, when it is another one than REDIS_URL. The embedded store keeps its own jobs.',
    { ...SECRET, example: 'redis://localhost:6379/1' }),
})

/** How remembering and recalling behave. */
export const memory = z.object({
  hotDays: setting(whole(1, 36_500).default(30), 'MEMORY_HOT_DAYS', 'Days within which a month of memories counts as hot.'),
  coldDays: setting(whole(1, 36_500).optional(), 'MEMORY_COLD_DAYS',
  'Days after which a month of memories is cold: those in it that matter little and were not recalled within so many days keep the vectors of '
  + 'their content alone. More than MEMORY_HOT_DAYS. Default: 365, or twice MEMORY_HOT_DAYS where that is more.', { example: '365' }),
  indexThreshold: setting(whole(1, 1_000_000_000).default(20_000), 'VECTOR_INDEX_THRESHOLD',
  'Memories of one user above which maintenance builds HNSW indexes for that user (on Postgres); below, search is exact.'),
  k: setting(whole(1, 200).default(10), 'MEMORY_K', 'How many memories a recall answers unless it names k.'),
  salienceThreshold: setting(fraction(0, 1).default(0.35), 'MEMORY_SALIENCE_WRITE_THRESHOLD', 'Salience, 0 to 1, below which nothing is stored.'),
  taskDays: setting(whole(1, 36_500).default(30), 'MEMORY_TASK_DAYS', 'Days after which a memory of retention task expires.'),
  undoDays: setting(whole(0, 3_650).default(7), 'DREAM_UNDO_DAYS',
  'Days within which a dream can be taken back; after them the diary keeps counts only, and expired memories are erased.'),
  timeZone: setting(
    z.string().refine((zone) => IANAZone.isValidZone(zone), 'must be an IANA time zone like Europe/Lisbon').default('UTC'),
    'DEFAULT_TIME_ZONE', 'Time zone of users who named none.',
  ),
  dreamSchedule: setting(
    z.string().refine(isSchedule, 'must be off, or a cron expression of five fields like 0 3 * * *').default('0 3 * * *'),
    'DREAM_SCHEDULE', "When users' days are dreamt of: a cron expression in each user's time zone, or off.",
  ),
  maintenanceSchedule: setting(
    z.string().refine(isSchedule, 'must be off, or a cron expression of five fields like 0 5 * * *').default('0 5 * * *'),
    'MAINTENANCE_SCHEDULE', 'When the store is maintained: a cron expression in DEFAULT_TIME_ZONE, or off (npm run maintain does the same).',
  ),
  focusTtlSeconds: setting(whole(1, 31_536_000).default(172_800), 'REDIS_FOCUS_TTL_SECONDS',
  'Seconds that something stays in the focus buffer, on either back end.'),
  focusMaxItems: setting(whole(1, 10_000).default(64), 'FOCUS_MAX_ITEMS', 'Most memories of a user in the focus buffer.'),
})

/** How texts become vectors. */
export const embedding = z.object({
  provider: setting(
    oneOf('local', 'openai').optional(), 'EMBEDDING_PROVIDER',
    'local (a model in this process, no key, no network) or openai (any compatible endpoint). '
    + 'Default: openai when EMBEDDING_BASE_URL or OPENAI_API_KEY is set, else local.',
    { example: 'local' },
  ),
  model: setting(z.string().optional(), 'EMBEDDING_MODEL', 'Name of the model. Default: use-lite when local, bge-m3 when openai.',
  { example: 'use-lite' }),
  dim: setting(whole(1, 4_000).default(768), 'EMBEDDING_DIM',
  'Length of the vectors in the store. Shorter ones are padded. Cannot be changed on a filled store.'),
  precision: setting(oneOf('fp16', 'fp32').default('fp16'), 'EMBEDDING_PRECISION', 'fp16 keeps vectors as halfvec, fp32 as vector.'),
  baseUrl: setting(
    address('http', 'https').optional(), 'EMBEDDING_BASE_URL', 'Root of an OpenAI-compatible endpoint, with its /v1.',
    { ...SECRET, example: 'http://localhost:11434/v1' },
  ),
  apiKey: setting(z.string().optional(), 'OPENAI_API_KEY', 'Key of that endpoint.', { ...SECRET, example: 'sk-...' }),
  timeoutMs: setting(whole(1, 600_000).default(10_000), 'EMBEDDING_TIMEOUT_MS', 'Milliseconds that one attempt at the model may take.'),
  cacheSize: setting(whole(0, 10_000_000).default(10_000), 'EMBEDDING_CACHE_SIZE', 'Most vectors kept in memory.'),
})

/** The language model, which makes dreams better, not possible. */
export const llm = z.object({
  model: setting(z.string().optional(), 'LLM_MODEL', 'Name of a language model that the dream may use. Without it the dream does without one.', { example: 'gpt-4o-mini' }),
  baseUrl: setting(
    address('http', 'https').optional(), 'LLM_BASE_URL', 'Root of its OpenAI-compatible endpoint, with its /v1. Default: that of OpenAI.',
    { ...SECRET, example: 'http://localhost:11434/v1' },
  ),
  apiKey: setting(z.string().optional(), 'LLM_API_KEY', 'Key of that endpoint. The key of the embeddings is never sent to it.', { ...SECRET, example: 'sk-...' }),
  allowedHosts: setting(
    z.string().default('public').transform((text) => text.split(',').map((host) => host.trim()).filter((host) => host !== ''))
      .refine((hosts) => hosts.every((host) => HOST.test(host)), 'must be hosts, with or without a port, or public, with commas between'),
    'LLM_ALLOWED_HOSTS', 'Hosts that an administrator may set as its endpoint (PUT /settings/ai): public stands for every public one, by https; others are named, like localhost:11434.',
    { example: 'public' },
  ),
  timeoutMs: setting(whole(1, 3_600_000).default(60_000), 'LLM_TIMEOUT_MS', 'Milliseconds that one attempt at the model may take.'),
  maxTokens: setting(whole(1, 1_000_000).default(2_000), 'LLM_MAX_TOKENS', 'Most tokens of one answer.'),
  callsPerRun: setting(whole(0, 1_000_000).default(20), 'LLM_CALLS_PER_RUN', 'Most requests to the model in the dream of one day; the rest of the dream does without it.'),
  tokensPerRun: setting(whole(0, 1_000_000_000).default(100_000), 'LLM_TOKENS_PER_RUN',
  'Most tokens, read and written, in the dream of one day; the rest of the dream does without it.'),
})

/** Who may do what. */
export const security = z.object({
  adminKey: setting(
    secretText().optional(), 'ADMIN_API_KEY', 'Key of the administrator. Without one, everything is open to this machine and to nobody else.',
    { ...SECRET, example: 'at-least-16-characters' },
  ),
  requestsPerMinute: setting(whole(0, 1_000_000_000).default(30_000), 'RATE_LIMIT_PER_MINUTE',
  'Most requests of one key in a minute, ADMIN_API_KEY included, counted over all processes; 0: no limit. What needs no key is not counted.'),
  wrongKeysPerMinute: setting(whole(0, 1_000_000_000).default(600), 'WRONG_KEYS_PER_MINUTE',
  'Most wrong keys from one address in a minute, counted by each process; more are 429, and a right key is served all the same. 0: no limit.'),
  appSecret: setting(
    secretText().optional(), 'APP_SECRET',
    'All other secrets derive from it; keep it with the data. Required with Postgres; the embedded store makes its own beside DATA_DIR.',
    { ...SECRET, example: 'at-least-16-characters' },
  ),
  secretChanged: setting(
    oneOf('refuse', 'accept').default('refuse'), 'APP_SECRET_CHANGED',
    'Whether to start when the secret, or a key of tombstones, is not the one that the store was written with. accept is for what is lost for good: what '
    + 'was forgotten before is then no longer kept away. Take it out again after that start.',
  ),
  tombstoneKeys: setting(
    z.string().default('').transform((text) => text.split(',').map((key) => key.trim()).filter((key) => key !== ''))
      .refine((keys) => keys.every((key) => secretText().safeParse(key).success), 'must be keys of 16 printable ASCII characters or more, with commas between'),
    'TOMBSTONE_KEY', 'Key of the hashes that keep what was forgotten away, when it is to be another than what derives from APP_SECRET. To change it, put the new one in front '
    + 'and keep the former ones behind, with commas between: the first writes, all are asked.',
    { ...SECRET, example: 'at-least-16-characters' },
  ),
})

/** How `npm run mcp` finds the memory that it lends to an agent. */
export const mcp = z.object({
  url: setting(address('http', 'https').optional(), 'REVERIE_URL', 'For npm run mcp: the server to use. Without it the one at HOST and PORT, which it starts when there is none.',
  { example: 'http://127.0.0.1:3000' }),
  apiKey: setting(secretText().optional(), 'REVERIE_API_KEY', 'For npm run mcp: its key there. Default: ADMIN_API_KEY.', { ...SECRET, example: 'at-least-16-characters' }),
  userId: setting(z.string().max(256).optional(), 'REVERIE_USER_ID', 'For npm run mcp: whose memory. Without it the agent may name a user.', { example: 'ana' }),
})

/** What is written about what happens. */
export const logging = z.object({
  level: setting(oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent').default('info'), 'LOG_LEVEL',
  'Least severe entries that are logged, on standard error.'),
  recallText: setting(
    oneOf('on', 'off').default('off').transform((word) => word === 'on'), 'RECALL_LOG_TEXT', 'on logs the text of questions and keeps it for GET /memory/analytics; off never does.',
    { example: 'off' },
  ),
})

/** Every area by its name. */
export const AREAS = { http, store, memory, embedding, llm, security, mcp, logging } as const
