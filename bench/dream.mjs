/**
 * How long the dream takes, and what it says.
 *
 *   node bench/dream.mjs [--traces 10000] [--days 365] [--server] [--hashed] [--print] [--url http://…] [--json out.json]
 *   node bench/dream.mjs --file <file.jsonl> [--limit n]
 *
 * The first fills the store of one user with made-up conversations, has every day dreamt of (with --server: by a dream-worker), and records
 * bench/results/dream-<traces>-<days>-days[-server][-hashed].json; with --print it prints the summaries instead. The second remembers the conversations of
 * a file and prints the summary of each day, to be read.
 * See README.md.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { basename, relative } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Client } from './lib/client.mjs'
import dataset from './lib/dataset.cjs'
import goals from './lib/goals.cjs'
import { provenance, record } from './lib/machine.mjs'
import metrics from './lib/metrics.cjs'
import report from './lib/report.cjs'
import rouge from './lib/rouge.cjs'
import { startServers } from './lib/servers.mjs'
import synthetic from './lib/synthetic.cjs'
import table from './lib/table.cjs'
import { openServer, openWorker, SERVER_OPTIONS } from './server.mjs'

const OPTIONS = /** @type {const} */ ({
  ...SERVER_OPTIONS,
  traces: { type: 'string', default: '10000' },
  days: { type: 'string', default: '365' },
  seed: { type: 'string', default: '1' },
  until: { type: 'string' },
  server: { type: 'boolean', default: false },
  hashed: { type: 'boolean', default: false },
  print: { type: 'boolean', default: false },
  file: { type: 'string' },
  limit: { type: 'string' },
  name: { type: 'string' },
  json: { type: 'string' },
  keep: { type: 'boolean', default: false },
})

/** Turns of a session, all of one request. */
const TURNS = 20
/** How often a request asks whether the process still answers while it dreams, ms. */
const PROBE_MS = 20
/** How often it is looked whether a worker has done what it was asked for, ms. */
const LOOK_MS = 100
/** Runs of a page. */
const PAGE = 200

/**
 * Sessions of the load bench, drawn together to so many days before `until`.
 * @param {{ traces: number, days: number, seed: number, until: Date }} options
 */
function* sessions({ traces, days, seed, until }) {
  const of = Math.ceil(traces / TURNS)
  const squeeze = (/** @type {string} */ at) => new Date(until.getTime() - Math.max(1, (until.getTime() - Date.parse(at)) * days / 365)).toISOString()
  for (let index = 0; index < of; index++) {
    const { name, turns } = synthetic.session({ index, of, turns: Math.min(TURNS, traces - index * TURNS), seed, until })
    yield { session_id: name, messages: turns.map((turn) => ({ ...turn, occurred_at: squeeze(turn.occurred_at) })) }
  }
}

/** Asks /health again and again until told to stop; answers the times. @param {Client} client */
function probe(client) {
  /** @type {number[]} */ const times = []
  let going = true
  const done = (async () => {
    while (going) {
      times.push((await client.call('GET', '/health')).ms)
      await sleep(PROBE_MS)
    }
  })()
  return async () => { going = false; await done; return { ...metrics.latency(times), longest: Math.max(...times) } }
}

/**
 * Has every day dreamt of: by the process that is asked, in one request that waits, or by a worker that is there.
 * @param {Client} client @param {string} user @param {boolean} byWorker
 */
async function dream(client, user, byWorker) {
  const stop = probe(client)
  const from = performance.now()
  const { body } = await client.call('POST', '/memory/consolidate', { user_id: user, wait: !byWorker })
  const runs = byWorker ? await ended(client, user, body.run_ids) : body.runs
  const seconds = (performance.now() - from) / 1000
  const health = await stop()
  /** @type {Record<string, number[]>} */
  const phases = {}
  for (const run of runs) for (const phase of run.phases) (phases[phase.name] ??= []).push(phase.ms)
  const failed = runs.filter((/** @type {any} */ run) => run.status !== 'completed')
  if (failed.length) throw new Error(`${failed.length} runs did not end well, the first one: ${failed[0].status} ${failed[0].error ?? ''}`)
  const total = (/** @type {number[]} */ some) => some.reduce((a, b) => a + b, 0)
  return {
    seconds, runs: runs.length, health,
    run_ms: metrics.latency(runs.map((/** @type {any} */ run) => total(run.phases.map((/** @type {any} */ p) => p.ms)))),
    phases: Object.fromEntries(Object.entries(phases).map(([name, all]) => [name, { seconds: total(all) / 1000, p50_ms: metrics.latency(all).p50 }])),
  }
}

/** The runs, when all of them have ended. @param {Client} client @param {string} user @param {string[]} ids */
async function ended(client, user, ids) {
  const list = (/** @type {string} */ query) => client.call('GET', `/memory/dreams?user_id=${encodeURIComponent(user)}&${query}`)
  for (const status of ['queued', 'running']) while ((await list(`status=${status}&limit=1`)).body.results.length > 0) await sleep(LOOK_MS)
  const runs = []
  for (let cursor = ''; ;) {
    const { body } = await list(`limit=${PAGE}${cursor && `&cursor=${cursor}`}`)
    runs.push(...body.results.filter((/** @type {any} */ run) => ids.includes(run.id)))
    if (!body.next_cursor) return runs
    cursor = body.next_cursor
  }
}

/** @param {any} values */
async function measure(values) {
  const [traces, days, seed] = [values.traces, values.days, values.seed].map(Number)
  if (![traces, days].every((n) => Number.isInteger(n) && n > 0) || days > 365) throw new Error('--traces and --days (to 365) want whole numbers')
  // The last instant of a day, so that `--days 1` is one day in UTC.
  const until = new Date((values.until ? Date.parse(values.until) : Date.parse(new Date().toISOString().slice(0, 10))) - 1)
  if (values.url && (values.server || values.hashed)) throw new Error('--server and --hashed want a product that the bench starts: no --url')
  const servers = await startServers(values)
  const server = openServer(values, servers.env)
  const worker = values.server ? openWorker(values, servers.env) : null
  const user = `bench-dream-${Date.now().toString(36)}`
  try {
    await server.start()
    const client = new Client(server.url, { key: values.key })
    await client.call('PUT', `/users/${user}`, { time_zone: 'UTC' })
    for (const session of sessions({ traces, days, seed, until })) await client.remember({ user_id: user, ...session })
    if (values.print) {
      await printDays(client, user, (await client.call('POST', '/memory/consolidate', { user_id: user, wait: true })).body.runs)
      return
    }
    // After the filling: nobody dreams before all is there.
    await worker?.start()
    const dreamer = worker ?? server
    const before = dreamer.resident()
    const status = await client.status()
    const made = await dream(client, user, worker !== null)
    const again = await dream(client, user, worker !== null)
    const result = {
      bench: 'dream', ...provenance(), mode: server.mode === 'running' ? `running (${status?.backend ?? 'unknown'})` : server.mode,
      product: status && { version: status.version, backend: status.backend, embedding: status.embedding },
      options: { traces, days, seed, until: until.toISOString(), hashed: values.hashed }, dream: made, again_seconds: again.seconds, memory: { before, after: dreamer.resident() },
    }
    print(result)
    const name = [`dream-${traces}-${days}-days`, ...(/** @type {const} */ (['server', 'hashed'])).filter((option) => values[option])].join('-')
    console.log(`\nrecorded in ${relative(process.cwd(), record(values.name ?? name, result))}`)
    if (values.json) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`)
  } finally {
    if (values.url && !values.keep) await new Client(values.url, { key: values.key }).removeUser(user)
    await worker?.remove()
    await server.remove()
    await servers.stop()
  }
}

/** @param {any} result */
function print({ options, mode, machine, dream: made, again_seconds: again, memory }) {
  console.log(`\n### dream of ${options.traces} traces of one user on ${made.runs} days, ${mode}; ${machine.cpu}, ${machine.cores} cores, Node ${machine.node}\n`)
  console.log(table.markdown(['dream', 'value'], [
    ['all days (s)', made.seconds.toFixed(1)],
    ['nothing new, asked again (s)', again.toFixed(2)],
    ['a day: p50 / p95 (ms)', `${table.ms(made.run_ms.p50)} / ${table.ms(made.run_ms.p95)}`],
    ...Object.entries(made.phases).map(([name, phase]) => [`of it ${name} (s)`, /** @type {any} */ (phase).seconds.toFixed(1)]),
    ['/health meanwhile: p50 / p95 / longest (ms)', ['p50', 'p95', 'longest'].map((p) => table.ms(made.health[p])).join(' / ')],
    ['resident before / after / at most (MB)', [memory.before.rss, memory.after.rss, memory.after.peak].map(table.megabytes).join(' / ')],
  ]))
  if (options.hashed) console.log('\n- note: vectors are hashed words from a server on this machine, not those of a model')
  if (mode !== 'server' || options.traces !== goals.DREAM.traces) return
  const { seconds, peak } = goals.DREAM
  console.log(`\n${table.markdown(['goal', 'here', 'must', 'reached'], [
    ['all days, by a dream-worker (s)', made.seconds.toFixed(1), seconds.must, goals.verdict(made.seconds, seconds, true)],
    ['its resident memory at most (MB)', table.megabytes(memory.after.peak), table.megabytes(peak.must), goals.verdict(memory.after.peak, peak, true)],
  ])}`)
}

/** What a dream makes beside the day's summary, in the order in which it is printed. */
const DERIVED = ['fact', 'preference', 'pattern', 'collection']

/**
 * Prints the summary of each run's day, the speaker before a line being that of its source, and what else was found. Answers the summaries with
 * their sources.
 * @param {Client} client @param {string} user @param {any[]} runs
 */
async function printDays(client, user, runs) {
  const all = []
  for (const run of runs) {
    console.log(`\n## ${run.day} (${run.phases[0].counts.traces} messages)`)
    const made = run.changes.flatMap((/** @type {any} */ change) => (change.op === 'create' && change.trace ? [change.after] : []))
    // The first one is the day's; those of its episodes follow.
    const summary = made.find((/** @type {any} */ trace) => trace.kind === 'summary')
    if (!summary) console.log('(nothing)')
    else {
      const sources = await Promise.all(summary.sources.map(async (/** @type {string} */ id) => (await client.call('GET', `/memory/${id}?user_id=${encodeURIComponent(user)}`)).body))
      for (const line of summary.content.split('\n')) console.log(`${sources.find((source) => source.content.includes(line))?.speaker ?? '-'}: ${line}`)
      all.push({ day: run.day, content: summary.content, sources })
    }
    for (const kind of DERIVED) {
      for (const { content, sources } of made.filter((/** @type {any} */ trace) => trace.kind === kind)) console.log(`  [${kind}, ${sources.length}] ${content.split('\n')[0]}`)
    }
  }
  return all
}

/**
 * Remembers each conversation as one user and prints its days. At the end: how many of the quoted messages hold evidence for a question of the file,
 * and how many of all do (a summary that quotes at random has the same share); and ROUGE-L of the summaries against the messages of their day that
 * hold evidence, beside that of the day's first sentences of the same length.
 * @param {any} values
 */
async function read(values) {
  const conversations = dataset.parseConversations(readFileSync(values.file, 'utf8')).slice(0, values.limit === undefined ? undefined : Number(values.limit))
  const server = openServer(values)
  const tally = { messages: 0, evidence: 0, quoted: 0, quotedEvidence: 0 }
  /** @type {{ ours: number[], first: number[] }} */ const scores = { ours: [], first: [] }
  const users = conversations.map(({ id }) => `bench-dream-${Date.now().toString(36)}-${basename(values.file)}-${id}`.slice(0, 200))
  try {
    await server.start()
    const client = new Client(server.url, { key: values.key })
    for (const [at, conversation] of conversations.entries()) {
      const user = users[at]
      await client.call('PUT', `/users/${encodeURIComponent(user)}`, { time_zone: 'UTC' })
      /** @type {Map<string, any[]>} */ const days = new Map()
      for (const { session_id, messages } of dataset.batches(conversation)) {
        await client.remember({ user_id: user, ...(session_id ? { session_id } : {}), messages })
        for (const message of messages) days.set(String(message.occurred_at).slice(0, 10), [...days.get(String(message.occurred_at).slice(0, 10)) ?? [], message])
      }
      const { runs } = (await client.call('POST', '/memory/consolidate', { user_id: user, wait: true })).body
      const evidence = new Set(conversation.queries.filter(report.answerable).flatMap((query) => query.gold))
      tally.messages += conversation.docs.length
      tally.evidence += conversation.docs.filter((doc) => evidence.has(doc.id)).length
      console.log(`\n# ${conversation.id}: ${conversation.docs.length} messages, ${runs.length} days`)
      for (const { day, content, sources } of await printDays(client, user, runs)) {
        tally.quoted += sources.length
        tally.quotedEvidence += sources.filter((/** @type {any} */ source) => evidence.has(source.metadata.doc_id)).length
        const said = days.get(day) ?? []
        const gold = said.filter((message) => evidence.has(message.metadata.doc_id)).map((message) => message.content).join('\n')
        if (gold === '') continue
        scores.ours.push(rouge.rougeL(content, gold).f1)
        scores.first.push(rouge.rougeL(rouge.lead(said.map((message) => message.content), content.length), gold).f1)
      }
    }
    const share = (/** @type {number} */ part, /** @type {number} */ of) => `${part} of ${of} (${table.percent(part / of)} %)`
    console.log(`\nmessages with evidence: ${share(tally.evidence, tally.messages)}; of the quoted ones: ${share(tally.quotedEvidence, tally.quoted)}`)
    const f1 = (/** @type {number[]} */ all) => `${table.percent(metrics.mean(all))} [${metrics.bootstrap(all).map(table.percent).join(', ')}]`
    const gain = scores.ours.map((one, i) => one - scores.first[i])
    console.log(`ROUGE-L against the evidence of ${gain.length} days, F1: summaries ${f1(scores.ours)}, first sentences ${f1(scores.first)}, a day's difference ${f1(gain)}`)
  } finally {
    if (values.url && !values.keep) for (const user of users) await new Client(values.url, { key: values.key }).removeUser(user)
    await server.remove()
  }
}

async function main() {
  const { values } = parseArgs({ options: OPTIONS })
  await (values.file ? read(values) : measure(values))
}

main().catch((error) => { console.error(error instanceof Error ? error.message : error); process.exitCode = 1 })
