/**
 * What forgetting costs, and whom it keeps waiting: fills the store of one user with made-up conversations, forgets one memory at a time,
 * then many at once, then purges, while questions of the same user and of another go on.
 *
 *   node bench/forget.mjs [--traces 10000] [--single 30] [--many 1000] [--server] [--hashed] [--maintain] [--json out.json]
 *
 * With --maintain the night's work, which builds the indexes of large users, is done before anything is forgotten.
 * Prints a table and records bench/results/forget-<traces>[-server][-hashed][-maintained].json. See README.md.
 */
import { relative } from 'node:path'
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { Client } from './lib/client.mjs'
import { provenance, record } from './lib/machine.mjs'
import metrics from './lib/metrics.cjs'
import synthetic from './lib/synthetic.cjs'
import { startServers } from './lib/servers.mjs'
import table from './lib/table.cjs'
import { openServer, SERVER_OPTIONS } from './server.mjs'

const OPTIONS = /** @type {const} */ ({
  ...SERVER_OPTIONS,
  traces: { type: 'string', default: '10000' },
  single: { type: 'string', default: '30' },
  many: { type: 'string' },
  seed: { type: 'string', default: '1' },
  server: { type: 'boolean', default: false },
  hashed: { type: 'boolean', default: false },
  maintain: { type: 'boolean', default: false },
  name: { type: 'string' },
  json: { type: 'string' },
})
const TURNS = 50
/** Questions of a phase in which nothing else happens. */
const QUIET = 100
const K = 10

/**
 * @param {Client} client @param {string} user @param {import('./lib/synthetic.cjs').Session[]} sessions
 * @param {number} folly sessions of a project that is forgotten at once, spread over all
 */
async function fill(client, user, sessions, folly) {
  /** @type {string[]} */ const ids = []
  const from = performance.now()
  for (const [i, session] of sessions.entries()) {
    const goes = Math.floor((i + 1) * folly / sessions.length) > Math.floor(i * folly / sessions.length)
    const { body } = await client.remember({ user_id: user, session_id: session.name, messages: session.turns, ...(goes ? { project: 'folly' } : {}) })
    if (!goes) ids.push(...body.results.flatMap((/** @type {any} */ r) => (r.status === 'stored' ? [r.id] : [])))
    if (i % 200 === 199) console.error(`${(i + 1) * TURNS} remembered: ${Math.round((i + 1) * TURNS / ((performance.now() - from) / 1000))}/s`)
  }
  return ids
}

async function main() {
  const { values } = parseArgs({ options: OPTIONS })
  const [total, single, many, seed] = [values.traces, values.single, values.many ?? String(Number(values.traces) / 10), values.seed].map(Number)
  if (![total, single, many].every((n) => Number.isInteger(n) && n > 0) || total < 1000) throw new Error('--traces (from 1000), --single and --many want whole numbers')
  const until = new Date(new Date().toISOString().slice(0, 10))
  const of = Math.round(total / TURNS)
  const sessions = Array.from({ length: of }, (_, index) => synthetic.session({ index, of, turns: TURNS, seed, until }))
  const questions = synthetic.questions(sessions, Math.min(1000, of * 5), seed + 1)
  const servers = await startServers(values)
  const server = openServer(values, servers.env)
  const user = `bench-forget-${Date.now().toString(36)}`
  try {
    await server.start()
    let client = new Client(server.url, { key: values.key })
    const ids = await fill(client, user, sessions, Math.round(many / TURNS))
    const neighbour = `${user}-neighbour`
    await fill(client, neighbour, sessions.slice(0, 10), 0)
    if (values.maintain) {
      await server.stop()
      const { ms, said } = await server.maintain()
      console.error(`maintained in ${Math.round(ms)} ms: ${said.join('; ')}`)
      await server.start()
      client = new Client(server.url, { key: values.key })
    }
    const other = new Client(server.url, { key: values.key })
    await client.recall({ user_id: user, query: 'warm up', k: K })

    let asked = 0
    /** Questions of the user and of another one by turns, until the work is done. @param {() => Promise<unknown>} work */
    const during = async (work) => {
      /** @type {number[]} */ const own = []
      /** @type {number[]} */ const theirs = []
      let over = false
      let refused = 0
      const working = work().finally(() => { over = true })
      while (!over) {
        const who = asked % 2 === 0 ? user : neighbour
        const from = performance.now()
        await other.recall({ user_id: who, query: questions[asked++ % questions.length].text, k: K }).catch(() => { refused++ })
        ;(who === user ? own : theirs).push(performance.now() - from)
      }
      return { did: await working, refused, own: spread(own), theirs: spread(theirs) }
    }
    const quiet = await during(async () => { for (const until = asked + QUIET; asked < until;) await new Promise((done) => setTimeout(done, 10)) })

    /** @type {number[]} */ const times = []
    const one = await during(async () => {
      for (let i = 0; i < single; i++) times.push((await client.call('POST', '/memory/forget', { user_id: user, id: ids[Math.floor((i + 0.5) * ids.length / single)] })).ms)
    })
    const folly = await during(() => client.call('POST', '/memory/forget', { user_id: user, scope: { project: 'folly' } }))
    const purge = await during(() => client.call('POST', '/maintenance/purge', {}))

    const status = await client.status()
    const rest = (/** @type {any} */ { refused, own, theirs }) => ({ refused, own, theirs })
    const result = {
      bench: 'forget', ...provenance(), mode: server.mode, product: status && { version: status.version, backend: status.backend, embedding: status.embedding },
      options: { traces: total, single, many, seed, hashed: values.hashed, maintained: values.maintain },
      quiet: rest(quiet),
      one: { forget: metrics.latency(times), ...rest(one) },
      many: { ms: /** @type {any} */ (folly.did).ms, forgotten: /** @type {any} */ (folly.did).body.forgotten, ...rest(folly) },
      purge: { ms: /** @type {any} */ (purge.did).ms, ...(/** @type {any} */ (purge.did).body), ...rest(purge) },
    }
    print(result)
    const name = [`forget-${total}`, ...(/** @type {const} */ (['server', 'hashed'])).filter((option) => values[option]), ...(values.maintain ? ['maintained'] : [])].join('-')
    console.log(`\nrecorded in ${relative(process.cwd(), record(values.name ?? name, result))}`)
    if (values.json) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`)
  } finally {
    await server.remove()
    await servers.stop()
  }
}

/** @param {number[]} ms */
function spread(ms) {
  return ms.length ? { ...metrics.latency(ms), max: Math.max(...ms) } : null
}

/** @param {any} r */
function print(r) {
  console.log(`\n### forgetting among ${r.options.traces} traces of one user, ${r.mode}; ${r.machine.cpu}, ${r.machine.cores} cores, Node ${r.machine.node}\n`)
  const line = (/** @type {string} */ what, /** @type {string} */ took, /** @type {any} */ of) =>
    [what, took, ...[of.own, of.theirs].flatMap((l) => [table.ms(l?.p50), table.ms(l?.p95), table.ms(l?.max)]), of.refused]
  console.log(table.markdown(['', 'ms', 'recalls meanwhile p50', 'p95', 'most', 'another user\'s p50', 'p95', 'most', 'refused'], [
    line('nothing', '', r.quiet),
    line(`forgetting one (${r.options.single} times)`, `p50 ${table.ms(r.one.forget.p50)}, p95 ${table.ms(r.one.forget.p95)}`, r.one),
    line(`forgetting ${r.many.forgotten.traces} at once`, table.ms(r.many.ms), r.many),
    line('purge', table.ms(r.purge.ms), r.purge),
  ]))
  for (const { name, ms, did, error } of r.purge.steps) console.log(`- purge, ${name}: ${table.ms(ms)} ms${error ? `, failed: ${error}` : ''}${did.length ? `: ${did.join('; ')}` : ''}`)
}

main().catch((error) => { console.error(error instanceof Error ? error.message : error); process.exitCode = 1 })
