/**
 * Does anybody see what is not theirs? Many users and clients remember, recall, dream and forget at once, and every answer is searched for what others said.
 *
 *   node bench/isolation.mjs [--seconds 60] [--users 50] [--clients 16] [--server]
 *   node bench/isolation.mjs --cost [--traces 10000] [--blocks 6] [--queries 100]
 *
 * With --cost: what row-level security costs a recall. The app's role goes round it and does not, by turns, in sessions of their own, on a Postgres of the bench.
 * Prints counts and records bench/results/isolation[-server].json or isolation-cost.json; ends with 1 when a foreign row was seen.
 */
import { relative } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { Client, HttpError } from './lib/client.mjs'
import { provenance, record } from './lib/machine.mjs'
import metrics from './lib/metrics.cjs'
import { startServers } from './lib/servers.mjs'
import synthetic from './lib/synthetic.cjs'
import table from './lib/table.cjs'
import { openServer, openWorker, SERVER_OPTIONS } from './server.mjs'

const OPTIONS = /** @type {const} */ ({
  env: SERVER_OPTIONS.env,
  seconds: { type: 'string', default: '60' },
  users: { type: 'string', default: '50' },
  clients: { type: 'string', default: '16' },
  server: { type: 'boolean', default: false },
  cost: { type: 'boolean', default: false },
  traces: { type: 'string', default: '10000' },
  blocks: { type: 'string', default: '6' },
  queries: { type: 'string', default: '100' },
})
/** Words that all users say, so that everybody's memories match everybody's questions. */
const THINGS = ['lighthouse', 'harbour', 'violin', 'garden', 'bicycle', 'letter', 'kitchen', 'winter coat']

const KINDS = ['episode', 'summary', 'fact', 'preference', 'pattern', 'entity']

/** A word that one user alone says, in all that they say. @param {number} n */
const markOf = (n) => `zq${String(n).padStart(3, '0')}qz`
const MARK = /zq\d{3}qz/g

/** What was answered to whom: every memory holds its user's mark, and so does what is derived from it, so a mark of another is a leak. */
class Tally {
  constructor() {
    /** @type {Record<string, number>} */
    this.requests = {}
    this.mentions = 0
    /** @type {string[]} */
    this.foreign = []
    this.refused = 0
  }

  /** Searches an answer for what others said. @param {string} what @param {number} user @param {any} body */
  look(what, user, body) {
    this.requests[what] = (this.requests[what] ?? 0) + 1
    const text = JSON.stringify(body)
    for (const mark of text.match(MARK) ?? []) {
      this.mentions++
      if (mark !== markOf(user)) this.foreign.push(`${what} of ${markOf(user)} answered ${mark}`)
    }
  }
}

/** @param {Client} client @param {number} user @param {number} turn @param {Tally} tally */
async function step(client, user, turn, tally) {
  const user_id = `user ${markOf(user)}`
  const thing = THINGS[turn % THINGS.length]
  const post = async (/** @type {string} */ what, /** @type {string} */ path, /** @type {object} */ body) => {
    const { body: answer } = await client.call('POST', path, { user_id, ...body })
    tally.look(what, user, answer)
    return answer
  }
  const content = `I keep the ${thing} number ${turn} of ${markOf(user)} beside the old ${THINGS[(turn + 3) % THINGS.length]}`
  const { results: [one] } = await post('remember', '/memory', { session_id: `s ${turn >> 3}`, content, occurred_at: new Date(Date.now() - (turn % 5) * 86_400_000).toISOString() })
  await post('recall', '/memory/recall', { q: `Where is the ${thing}?`, k: 20, explain: turn % 3 === 0 })
  if (turn % 2 === 0) await post('recall of all kinds', '/memory/recall', { q: `${thing} ${THINGS[(turn + 1) % 8]}`, k: 50, kind: KINDS, hops: 2 })
  if (turn % 4 === 0) await post('context', '/memory/context', { q: `the ${thing}` })
  if (turn % 5 === 0 && one.status === 'stored') await post('forget by id', '/memory/forget', { id: one.id })
  if (turn % 9 === 0) await post('preview', '/memory/forget', { query: `old ${thing}`, dry_run: true })
  if (turn % 11 === 0) await post('dream', '/memory/consolidate', { wait: turn % 2 === 0 })
  if (turn % 13 === 0) {
    for (const path of ['/memory?limit=200&', '/memory/graph?limit=100&', '/memory/sessions?', '/memory/focus?', '/memory/dreams?', '/memory/analytics?']) {
      tally.look('lists', user, (await client.call('GET', `${path}user_id=${encodeURIComponent(user_id)}`)).body)
    }
  }
  if (turn % 29 === 0) await post('forget a session', '/memory/forget', { scope: { session_id: `s ${(turn >> 3) - 1}` } })
}

/** @param {Record<string, any>} values */
async function load(values) {
  const [seconds, users, clients] = [values.seconds, values.users, values.clients].map(Number)
  const servers = await startServers({ server: values.server, hashed: true })
  const server = openServer(values, { ...servers.env, DATABASE_TIMEOUT_MS: '30000' })
  const worker = values.server ? openWorker(values, servers.env) : null
  const tally = new Tally()
  try {
    await server.start()
    await worker?.start()
    const client = new Client(server.url)
    const until = performance.now() + seconds * 1000
    // Users begin at different steps, so that all kinds of requests meet however few a slow machine answers.
    const turns = Array.from({ length: users }, (_, user) => user)
    await Promise.all(Array.from({ length: clients }, async (_, lane) => {
      for (let i = lane; performance.now() < until; i += clients) {
        const user = i % users
        try {
          await step(client, user, ++turns[user], tally)
        } catch (error) {
          // Two clients may meet at a user: what one forgets the other does not find.
          if (!(error instanceof HttpError) || ![404, 409, 503].includes(error.status)) throw error
          tally.refused++
        }
      }
    }))
    const { requests, refused, mentions, foreign } = tally
    const result = { bench: 'isolation', ...provenance(), mode: server.mode, options: { seconds, users, clients }, requests, refused, mentions, foreign: foreign.length }
    console.log(table.markdown(['what', 'answers'], Object.entries(tally.requests).map(([what, n]) => [what, String(n)])))
    console.log(`\n${mentions} times somebody's mark stood in an answer, of which foreign: ${foreign.length}; ${refused} refused`)
    for (const line of foreign.slice(0, 20)) console.error(line)
    if (foreign.length > 0 || mentions === 0) process.exitCode = 1
    console.log(`recorded in ${relative(process.cwd(), record(values.server ? 'isolation-server' : 'isolation', result))}`)
  } finally {
    await worker?.remove()
    await server.remove()
    await servers.stop()
  }
}

/** @param {Record<string, any>} values */
async function cost(values) {
  const [total, blocks, queries] = [values.traces, values.blocks, values.queries].map(Number)
  const servers = await startServers({ server: true, hashed: true })
  const server = openServer(values, servers.env)
  const database = new pg.Client({ connectionString: servers.env.DATABASE_URL })
  try {
    await server.start()
    await database.connect()
    const client = new Client(server.url)
    const of = Math.ceil(total / 20)
    const sessions = Array.from({ length: of }, (_, index) => synthetic.session({ index, of, turns: 20, until: new Date() }))
    for (const { name, turns } of sessions) await client.remember({ user_id: 'bench', session_id: name, messages: turns })
    await database.query('vacuum analyze')
    const asked = synthetic.questions(sessions, queries).map(({ text }) => text)
    /** @type {{ walled: number[], open: number[] }} */
    const ms = { walled: [], open: [] }
    for (let block = 0; block < 2 * blocks; block++) {
      const walled = block % 2 === 0
      await database.query(`alter role reverie_app ${walled ? 'nobypassrls' : 'bypassrls'}`)
      // Plans that sessions keep were made for the role as it was.
      await database.query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`)
      await sleep(200)
      for (const question of asked.slice(0, 20)) await client.recall({ user_id: 'bench', q: question, k: 10 })
      for (const question of asked) ms[walled ? 'walled' : 'open'].push((await client.recall({ user_id: 'bench', q: question, k: 10 })).ms)
    }
    const [walled, open] = [ms.walled, ms.open].map((all) => ({ p50: metrics.percentile(all, 50), p95: metrics.percentile(all, 95) }))
    const share = walled.p95 / open.p95 - 1
    console.log(table.markdown(['row-level security', 'p50 ms', 'p95 ms'], [['on', table.ms(walled.p50), table.ms(walled.p95)], ['gone round', table.ms(open.p50), table.ms(open.p95)]]))
    console.log(`\nit costs ${(share * 100).toFixed(1)} % of p95, ${((walled.p50 / open.p50 - 1) * 100).toFixed(1)} % of p50`)
    const result = { bench: 'isolation-cost', ...provenance(), mode: 'server', options: { traces: total, blocks, queries }, walled, open, share_of_p95: share }
    console.log(`recorded in ${relative(process.cwd(), record('isolation-cost', result))}`)
  } finally {
    await database.end().catch(() => {})
    await server.remove()
    await servers.stop()
  }
}

const { values } = parseArgs({ options: OPTIONS })
await (values.cost ? cost(values) : load(values))
