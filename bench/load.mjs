/**
 * How fast and how heavy: fills the store of one user with made-up conversations, then recalls from it.
 *
 *   node bench/load.mjs [--traces 10000] [--clients 1,8] [--queries 300] [--server] [--hashed] [--maintain] [--url http://…] [--json out.json]
 *
 * Prints tables and records bench/results/load-<traces>[-server][-hashed][-maintained].json. See README.md.
 */
import { relative } from 'node:path'
import { writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Client } from './lib/client.mjs'
import goals from './lib/goals.cjs'
import { installSize, provenance, record } from './lib/machine.mjs'
import metrics from './lib/metrics.cjs'
import synthetic from './lib/synthetic.cjs'
import { startServers } from './lib/servers.mjs'
import table from './lib/table.cjs'
import timings from './lib/timings.cjs'
import { openServer, SERVER_OPTIONS } from './server.mjs'

const OPTIONS = /** @type {const} */ ({
  ...SERVER_OPTIONS,
  traces: { type: 'string', default: '10000' },
  clients: { type: 'string', default: '1,8' },
  queries: { type: 'string', default: '300' },
  k: { type: 'string', default: '10' },
  seed: { type: 'string', default: '1' },
  until: { type: 'string' },
  settle: { type: 'string', default: '0' },
  explain: { type: 'boolean', default: false },
  reinforce: { type: 'boolean', default: false },
  server: { type: 'boolean', default: false },
  hashed: { type: 'boolean', default: false },
  maintain: { type: 'boolean', default: false },
  name: { type: 'string' },
  json: { type: 'string' },
  keep: { type: 'boolean', default: false },
})

/** How the store is filled: sessions of fifty turns in one request, of twenty in one request, of twenty turn by turn. */
const SHAPES = [
  { what: 'batch of 50', turns: 50, size: 50, share: (/** @type {number} */ n) => Math.min(2000, n / 5) },
  { what: 'batch of 20 (a session)', turns: 20, size: 20, share: (/** @type {number} */ n) => n },
  { what: 'single', turns: 20, size: 1, share: (/** @type {number} */ n) => Math.min(200, n / 10) },
]

/** @param {number} total @param {number} seed @param {Date} until */
function plan(total, seed, until) {
  const [fifty, twenty, single] = SHAPES.map((shape) => ({ ...shape, sessions: /** @type {import('./lib/synthetic.cjs').Session[]} */ ([]) }))
  const want = { fifty: Math.floor(fifty.share(total) / 50), single: Math.max(1, Math.floor(single.share(total) / 20)) }
  const left = Math.max(0, total - want.fifty * 50 - want.single * 20)
  const counts = [want.fifty, Math.ceil(left / 20), want.single]
  const of = counts.reduce((a, b) => a + b)
  // The three shapes are spread over the months alike: session number i of all goes to the shape that is furthest behind.
  const shapes = [fifty, twenty, single]
  for (let index = 0; index < of; index++) {
    const at = shapes.reduce((best, _, i) => {
      const lag = (/** @type {number} */ j) => counts[j] ? (shapes[j].sessions.length + 0.5) / counts[j] : Infinity
      return lag(i) < lag(best) ? i : best
    }, 0)
    shapes[at].sessions.push(synthetic.session({ index, of, turns: shapes[at].turns, seed, until }))
  }
  return shapes
}

/**
 * @param {Client} client @param {string} user @param {ReturnType<typeof plan>[number]} shape
 * @param {Record<string, number>} statuses @param {(id: string, session: string) => void} note
 */
async function remember(client, user, shape, statuses, note) {
  const times = []
  let traces = 0
  let degraded = 0
  const from = performance.now()
  for (const session of shape.sessions) {
    for (let at = 0; at < session.turns.length; at += shape.size) {
      const turns = session.turns.slice(at, at + shape.size)
      const body = shape.size === 1 ? turns[0] : { messages: turns }
      const answer = await client.remember({ user_id: user, session_id: session.name, ...body })
      times.push(answer.ms)
      if (answer.body.degraded?.length) degraded++
      for (const result of answer.body.results) {
        statuses[result.status] = (statuses[result.status] ?? 0) + 1
        if (result.id) note(result.id, session.name)
        traces++
      }
    }
  }
  const seconds = (performance.now() - from) / 1000
  const tenth = Math.max(1, Math.floor(times.length / 10))
  const rate = (/** @type {number[]} */ some) => shape.size * some.length / (some.reduce((a, b) => a + b, 0) / 1000)
  return {
    what: shape.what, traces, requests: times.length, degraded, request: metrics.latency(times),
    rate: traces / seconds, rate_first_tenth: rate(times.slice(0, tenth)), rate_last_tenth: rate(times.slice(-tenth))
  }
}

/**
 * All questions once, by so many clients at a time.
 * @param {Client} client @param {{ text: string, session: string }[]} questions
 * @param {{ user: string, k: number, clients: number, explain: boolean, reinforce: boolean, sessionOf: Map<string, string> }} options
 */
async function recall(client, questions, { user, k, clients, explain, reinforce, sessionOf }) {
  /** @type {number[]} */ const whole = []
  /** @type {number[]} */ const rest = []
  /** @type {number[]} */ const embed = []
  /** @type {number[]} */ const database = []
  const seen = { short: 0, degraded: 0, on_topic: 0, field: /** @type {string | null} */ (null) }
  let next = 0
  const worker = async () => {
    while (next < questions.length) {
      const question = questions[next++]
      const answer = await client.recall({ user_id: user, query: question.text, k, reinforce, ...(explain ? { explain } : {}) })
      whole.push(answer.ms)
      const spent = timings.embedding(answer.body.timings)
      if (spent) { rest.push(answer.ms - spent.ms); embed.push(spent.ms); seen.field = spent.field }
      if (typeof answer.body.timings?.database === 'number') database.push(answer.body.timings.database)
      if (answer.body.results.length < k) seen.short++
      if (answer.body.degraded?.length) seen.degraded++
      if (answer.body.results.some((/** @type {any} */ r) => sessionOf.get(r.id) === question.session)) seen.on_topic++
    }
  }
  const from = performance.now()
  await Promise.all(Array.from({ length: clients }, worker))
  return {
    whole: metrics.latency(whole), without_embedding: rest.length ? metrics.latency(rest) : null, embedding: embed.length ? metrics.latency(embed) : null,
    database: database.length ? metrics.latency(database) : null,
    per_second: questions.length / ((performance.now() - from) / 1000), ...seen,
  }
}

async function main() {
  const { values } = parseArgs({ options: OPTIONS })
  const [total, perRun, k, seed] = [values.traces, values.queries, values.k, values.seed].map(Number)
  const clients = values.clients.split(',').map(Number)
  if (![total, perRun, k, ...clients].every((n) => Number.isInteger(n) && n > 0) || total < 100) throw new Error('--traces (from 100), --queries, --k and --clients want whole numbers')
  const until = values.until ? new Date(values.until) : new Date(new Date().toISOString().slice(0, 10))
  const shapes = plan(total, seed, until)
  const questions = synthetic.questions(shapes.flatMap((shape) => shape.sessions), perRun * clients.length, seed + 1)

  if (values.url && (values.server || values.hashed || values.maintain)) throw new Error('--server, --hashed and --maintain want a product that the bench starts: no --url')
  const name = [`load-${total}`, ...(/** @type {const} */ (['server', 'hashed'])).filter((option) => values[option]), ...(values.maintain ? ['maintained'] : [])].join('-')
  // What is remembered when maintenance has been there: a tenth of the sessions that come in one request each.
  const late = values.maintain ? [{ ...shapes[1], what: `${shapes[1].what}, after maintenance`, sessions: shapes[1].sessions.splice(-Math.ceil(shapes[1].sessions.length / 10)) }] : []

  const servers = await startServers(values)
  const server = openServer(values, servers.env)
  const user = `bench-load-${Date.now().toString(36)}`
  try {
    const startFirst = await server.start()
    let client = new Client(server.url, { key: values.key })
    const memoryEmpty = server.resident()

    /** @type {Record<string, number>} */
    const statuses = {}
    /** @type {Map<string, string>} */
    const sessionOf = new Map()
    const remembered = []
    const fill = async (/** @type {typeof shapes} */ some) => {
      for (const shape of some) {
        if (!shape.sessions.length) continue
        const line = await remember(client, user, shape, statuses, (id, session) => sessionOf.set(id, session))
        remembered.push(line)
        console.error(`remembered ${line.traces} by ${line.what}: ${Math.round(line.rate)}/s`)
      }
    }
    const stored = () => (values.server ? servers.stored() : server.stored())
    await fill(shapes)
    const memoryFilled = server.resident()
    const storeFilled = stored()
    const stopMs = await server.stop()
    const maintained = values.maintain ? await server.maintain() : null
    if (maintained) console.error(`maintained in ${Math.round(maintained.ms)} ms: ${maintained.said.join('; ')}`)
    const startSecond = await server.start()
    client = new Client(server.url, { key: values.key })
    await fill(late)
    await sleep(Number(values.settle) * 1000)

    const probe = await client.recall({ user_id: user, query: 'warm up', k })
    const explain = values.explain || !timings.embedding(probe.body.timings)
    const recalls = []
    for (const [at, n] of clients.entries()) {
      const mine = questions.slice(at * perRun, (at + 1) * perRun)
      for (const pass of ['first', 'repeated']) {
        const line = { clients: n, pass, ...await recall(client, mine, { user, k, clients: n, explain, reinforce: values.reinforce, sessionOf }) }
        recalls.push(line)
        console.error(`recalled ${mine.length} (${pass}) by ${n}: p95 ${table.ms(line.whole.p95)} ms`)
      }
    }
    const status = await client.status()
    const result = {
      bench: 'load', ...provenance(), mode: server.mode === 'running' ? `running (${status?.backend ?? 'unknown'})` : server.mode,
      product: status && { version: status.version, backend: status.backend, embedding: status.embedding },
      options: { traces: total, queries: perRun, clients, k, seed, until: until.toISOString(), explain, reinforce: values.reinforce, settle_s: Number(values.settle), hashed: values.hashed },
      statuses, remember: remembered, maintain: maintained, recall: recalls,
      start: { first_ms: startFirst, second_ms: startSecond, stop_ms: stopMs, first_recall_ms: probe.ms },
      memory: { empty: memoryEmpty, filled: memoryFilled, after_recall: server.resident() },
      store_bytes: { filled: storeFilled, after_recall: stored() }, install_bytes: installSize(),
    }
    print(result)
    console.log(`\nrecorded in ${relative(process.cwd(), record(values.name ?? name, result))}`)
    if (values.json) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`)
  } finally {
    if (values.url && !values.keep) await new Client(values.url, { key: values.key }).removeUser(user)
    await server.remove()
    await servers.stop()
  }
}

/** @param {any} result */
function print(result) {
  const { options, statuses, machine } = result
  console.log(`\n### ${options.traces} traces of one user, ${result.mode}; ${machine.cpu}, ${machine.cores} cores, Node ${machine.node}\n`)
  console.log(table.markdown(['remember', 'traces', 'traces/s', 'first tenth', 'last tenth', 'request p50 (ms)', 'p95'], result.remember.map((/** @type {any} */ r) =>
    [r.what, r.traces, ...[r.rate, r.rate_first_tenth, r.rate_last_tenth].map((v) => Math.round(v)), table.ms(r.request.p50), table.ms(r.request.p95)])))
  console.log(`\nstatuses: ${Object.entries(statuses).map(([s, n]) => `${n} ${s}`).join(', ')}\n`)
  const head = ['recall (ms)', 'p50', 'p95', 'p99', 'less embedding p50', 'p95', 'p99', 'database p50', 'p95', 'embedding p50', 'per second', 'on topic']
  console.log(table.markdown(head, result.recall.map((/** @type {any} */ r) => [
    `${r.clients} client${r.clients > 1 ? 's' : ''}, ${r.pass}`, ...['p50', 'p95', 'p99'].map((p) => table.ms(r.whole[p])),
    ...['p50', 'p95', 'p99'].map((p) => table.ms(r.without_embedding?.[p])), table.ms(r.database?.p50), table.ms(r.database?.p95),
    table.ms(r.embedding?.p50), Math.round(r.per_second), `${table.percent(r.on_topic / options.queries)} %`])))
  const weak = result.remember.reduce((/** @type {number} */ sum, /** @type {any} */ r) => sum + r.degraded, 0)
  if (weak) console.log(`- note: ${weak} requests to remember were degraded`)
  const faults = { short: 'held fewer than k results', degraded: 'were degraded' }
  for (const [key, text] of Object.entries(faults)) {
    const n = result.recall.reduce((/** @type {number} */ sum, /** @type {any} */ r) => sum + r[key], 0)
    if (n) console.log(`- note: ${n} answers ${text}`)
  }
  if (options.hashed) console.log('- note: vectors are hashed words from a server on this machine, not those of a model')
  if (result.maintain) console.log(`- note: maintenance took ${table.ms(result.maintain.ms)} ms: ${result.maintain.said.join('; ')}`)
  if (!result.recall[0].without_embedding) console.log('- note: the answer has no timing of the embedding: only whole requests are reported')
  const { memory, store_bytes: store, install_bytes: install, start } = result
  console.log(`\n${table.markdown(['weight', 'value'], [
    ['first start, empty store (ms)', table.ms(start.first_ms)],
    ['second start, filled (ms)', table.ms(start.second_ms)],
    ['first recall after it (ms)', table.ms(start.first_recall_ms)],
    ['stop (ms)', table.ms(start.stop_ms)],
    ['resident, empty (MB)', table.megabytes(memory.empty.rss)],
    ['resident, filled (MB)', table.megabytes(memory.filled.rss)],
    ['resident, restarted, after recall (MB)', table.megabytes(memory.after_recall.rss)],
    ['peak while filling (MB)', table.megabytes(memory.filled.peak)],
    ['store, filled (MB)', table.megabytes(store.filled)],
    ['store, after recall (MB)', table.megabytes(store.after_recall)],
    ['store a trace (kB)', store.filled ? (store.filled / 1000 / options.traces).toFixed(1) : '-'],
    ['node_modules (MB)', table.megabytes(install.node_modules)],
    ['node_modules, production only (MB)', table.megabytes(install.node_modules_production)],
    ['dist (MB)', table.megabytes(install.dist)],
  ])}`)
  const mode = result.mode.includes('embedded') ? 'embedded' : 'server'
  const one = result.recall.find((/** @type {any} */ r) => r.clients === 1 && r.pass === 'first')
  const bar = goals.recallGoal(mode, options.traces)
  const rows = []
  const p95 = one?.without_embedding?.p95
  if (bar && p95 !== undefined) {
    rows.push([`recall p95 less embedding, one client, at ${bar.traces} ${mode} (ms)`, table.ms(p95), bar.must, bar.aim, goals.verdict(p95, bar, true)])
  }
  const best = Math.max(...result.remember.map((/** @type {any} */ r) => r.rate))
  rows.push(['remember, best of the batches (traces/s)', Math.round(best), goals.LOAD.remember.must, '-', goals.verdict(best, goals.LOAD.remember)])
  console.log(`\n${table.markdown(['goal', 'here', 'must', 'aim', 'reached'], rows)}`)
}

main().catch((error) => { console.error(error instanceof Error ? error.message : error); process.exitCode = 1 })
