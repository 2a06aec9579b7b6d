/**
 * How well recall finds the evidence, through the public API, without a language model.
 *
 *   node bench/retrieval.mjs <file.jsonl> [--dreamt] [--aged trivial] [--server] [--url http://…] [--k 10] [--limit n] [--json out.json]
 *   node bench/retrieval.mjs --ablate <file.jsonl> …
 *
 * Each conversation is one user: it is remembered in order, dreamt of day by day (--dreamt), then every question is asked. See README.md.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { ablate, printAblation } from './lib/ablation.mjs'
import { Client } from './lib/client.mjs'
import { age } from './lib/cold.mjs'
import dataset from './lib/dataset.cjs'
import dates from './lib/dates.cjs'
import goals from './lib/goals.cjs'
import { provenance, record, ROOT } from './lib/machine.mjs'
import metrics from './lib/metrics.cjs'
import { remember } from './lib/remembering.mjs'
import report from './lib/report.cjs'
import { startServers } from './lib/servers.mjs'
import table from './lib/table.cjs'
import timings from './lib/timings.cjs'
import { openServer, SERVER_OPTIONS } from './server.mjs'

const OPTIONS = /** @type {const} */ ({
  ...SERVER_OPTIONS,
  k: { type: 'string', default: '10' },
  limit: { type: 'string' },
  batch: { type: 'string', default: '200' },
  json: { type: 'string' },
  name: { type: 'string' },
  'no-caption': { type: 'boolean', default: false },
  sessions: { type: 'boolean' },
  'no-sessions': { type: 'boolean', default: false },
  'reference-date': { type: 'string', default: 'none' },
  explain: { type: 'boolean', default: false },
  dreamt: { type: 'boolean', default: false },
  aged: { type: 'string' },
  ablate: { type: 'boolean', default: false },
  server: { type: 'boolean', default: false },
  keep: { type: 'boolean', default: false },
})

/** @param {string} name @param {string | undefined} text @param {number} fallback */
function count(name, text, fallback) {
  const n = text === undefined ? fallback : Number(text)
  if (!(n >= 1)) throw new Error(`--${name} wants a number from 1, not ${text}`)
  return n
}

/**
 * Has every day of a conversation dreamt of, the first one first (one request each: no answer takes minutes), and those that have no date. Adds
 * what the dreams made, by kind, and the milliseconds of their phases.
 * @param {Client} client @param {string} user @param {import('./lib/dataset.cjs').Conversation} conversation
 * @param {{ made: Record<string, number>, phases: Record<string, number> }} dreamt
 */
async function dream(client, user, { docs }, { made, phases }) {
  const instants = docs.flatMap((doc) => dates.parseWhen(doc.date) ?? [])
  const days = [...new Set(instants.map((at) => new Date(at).toISOString().slice(0, 10)))].sort()
  for (const day of [...days, undefined]) {
    const { body } = await client.call('POST', '/memory/consolidate', { user_id: user, wait: true, ...(day ? { day } : {}) })
    for (const run of body.runs) {
      if (run.status !== 'completed') throw new Error(`a dream did not end well: ${run.status} ${run.error ?? ''}`)
      for (const { name, ms } of run.phases) phases[name] = (phases[name] ?? 0) + ms
      for (const { op, trace, after } of run.changes) if (op === 'create' && trace) made[after.kind] = (made[after.kind] ?? 0) + 1
    }
  }
}

/** What an answer must keep to whatever it found: enough results, best first, none twice. @param {any} body @param {number} k @param {number} live */
function broken(body, k, live) {
  const { results } = body
  const faults = []
  if (results.length !== Math.min(k, live)) faults.push('count')
  if (results.some((/** @type {any} */ r, /** @type {number} */ i) => i && r.score > results[i - 1].score)) faults.push('order')
  if (new Set(results.map((/** @type {any} */ r) => r.id)).size !== results.length) faults.push('repeated')
  return faults
}

async function main() {
  const { values, positionals } = parseArgs({ options: OPTIONS, allowPositionals: true })
  const options = { captions: !values['no-caption'], size: Math.min(1000, count('batch', values.batch, 200)) }
  const limit = count('limit', values.limit, Infinity)
  if (values.ablate && positionals.length > 0) {
    const result = await ablate(positionals, { ...values, limit, options })
    printAblation(result)
    console.log(`\nrecorded in ${relative(process.cwd(), record(values.name ?? 'dev-ablation', result))}`)
    return
  }
  if (positionals.length !== 1) throw new Error('usage: node bench/retrieval.mjs <file.jsonl> [options]; see bench/README.md')
  const file = positionals[0]
  const name = basename(file).replace(/\.jsonl$/, '')
  const k = count('k', values.k, 10)
  if (k < 10 || k > 200) throw new Error('--k is 10 to 200: the metrics look at the first ten')
  if (values.json && !relative(ROOT, resolve(values.json)).startsWith('..')) throw new Error('--json lists every question of the evaluation data: name a file outside the repository')
  if (values.json && !existsSync(dirname(resolve(values.json)))) throw new Error(`${dirname(values.json)} does not exist`)
  if (!['none', 'last'].includes(values['reference-date'])) throw new Error('--reference-date is none or last')
  if (![undefined, 'alike', 'trivial'].includes(values.aged)) throw new Error('--aged is alike or trivial')
  const conversations = dataset.parseConversations(readFileSync(file, 'utf8')).slice(0, limit)
  const bySession = values['no-sessions'] ? false : values.sessions ?? name.startsWith('locomo')
  if (values.url && values.server) throw new Error('--server wants a product that the bench starts: no --url')

  const servers = await startServers(values)
  const server = openServer(values, servers.env)
  /** @type {string[]} */
  const users = []
  /** @type {(import('./lib/report.cjs').Scored & { conversation: string, ranks: number[], gold: number, ms: number })[]} */
  const questions = []
  const tally = {
    messages: 0, undated: 0, remember_ms: 0, remember_degraded: 0, recall_degraded: 0, foreign: 0, unfindable: 0, k50_differs: 0,
    statuses: /** @type {Record<string, number>} */ ({}), faults: /** @type {Record<string, number>} */ ({}),
  }
  const dreamt = { made: /** @type {Record<string, number>} */ ({}), phases: /** @type {Record<string, number>} */ ({}) }
  const took = { whole: /** @type {number[]} */ ([]), rest: /** @type {number[]} */ ([]), server: /** @type {number[]} */ ([]) }
  try {
    const startMs = await server.start()
    let client = new Client(server.url, { key: values.key })
    const run = Date.now().toString(36)
    const status = await client.status()

    for (const conversation of conversations) {
      const user = `bench-${run}-${name}-${conversation.id}`.slice(0, 200)
      users.push(user)
      const from = performance.now()
      const { ledger, ms, degraded } = await remember(client, user, conversation, options)
      tally.messages += conversation.docs.length
      tally.undated += conversation.docs.filter((doc) => dates.parseWhen(doc.date) === null).length
      tally.remember_ms += ms
      tally.remember_degraded += degraded
      for (const [key, n] of Object.entries(ledger.statuses)) tally.statuses[key] = (tally.statuses[key] ?? 0) + n
      if (values.dreamt) await dream(client, user, conversation, dreamt)
      if (values.aged) {
        console.error((await age(server, values.aged === 'trivial')).join('; '))
        client = new Client(server.url, { key: values.key })
      }
      const live = ledger.statuses.stored ?? 0
      const last = Math.max(...conversation.docs.map((doc) => dates.parseWhen(doc.date) ?? -Infinity))
      const when = values['reference-date'] === 'last' && Number.isFinite(last) ? { reference_date: new Date(last).toISOString() } : {}

      for (const query of conversation.queries) {
        const answerable = report.answerable(query)
        const ask = { user_id: user, query: query.text, ...when, ...(values.explain ? { explain: true } : {}) }
        const answer = await client.recall({ ...ask, k })
        const ids = answer.body.results.map((/** @type {any} */ r) => r.id)
        const embedding = timings.embedding(answer.body.timings)
        took.whole.push(answer.ms)
        if (embedding) took.rest.push(answer.ms - embedding.ms)
        if (typeof answer.body.took_ms === 'number') took.server.push(answer.body.took_ms)
        if (answer.body.degraded?.length) tally.recall_degraded++
        for (const fault of broken(answer.body, k, live)) tally.faults[fault] = (tally.faults[fault] ?? 0) + 1
        tally.foreign += ids.filter((/** @type {string} */ id) => !ledger.doc.has(id)).length
        const gold = ledger.gold(query.gold)
        if (answerable && [...gold].some((id) => id.startsWith('absent:'))) tally.unfindable++

        let session
        if (bySession && query.gold.length) {
          const wide = (await client.recall({ ...ask, k: 50 })).body.results.map((/** @type {any} */ r) => r.id)
          const shared = Math.min(k, 50)
          if (wide.slice(0, shared).join() !== ids.slice(0, shared).join()) tally.k50_differs++
          session = metrics.evaluate(ledger.sessions(wide), ledger.goldSessions(query.gold, conversation))
        }
        questions.push({
          id: query.id, conversation: conversation.id, category: query.category, answerable,
          scores: gold.size ? metrics.evaluate(ids, gold) : {}, ...(session ? { session } : {}),
          ranks: ids.flatMap((/** @type {string} */ id, /** @type {number} */ at) => gold.has(id) ? [at + 1] : []), gold: gold.size, ms: answer.ms,
        })
      }
      const mine = questions.filter((q) => q.conversation === conversation.id && q.answerable)
      const r10 = table.percent(metrics.mean(mine.map((q) => q.scores['R@10'])))
      const seconds = Math.round((performance.now() - from) / 1000)
      console.error(`${conversation.id}: ${conversation.docs.length} messages, ${conversation.queries.length} questions, R@10 ${r10}, ${seconds} s`)
    }

    const memory = server.resident()
    const rows = report.rows(questions)
    const sessions = report.sessionRows(questions)
    const result = {
      bench: 'retrieval', file: basename(file), ...provenance(), mode: server.mode,
      product: status && { version: status.version, backend: status.backend, embedding: status.embedding },
      protocol: {
        k, captions: options.captions, batch: options.size, reference_date: values['reference-date'], session_unit: bySession, dreamt: values.dreamt, aged: values.aged ?? null,
        conversations: conversations.length, complete: values.limit === undefined,
      },
      rows, sessions,
      conversations: conversations.map(({ id }, at) => {
        const mine = questions.filter((q) => q.conversation === id && q.answerable)
        return { number: at + 1, n: mine.length, ...Object.fromEntries(report.METRICS.map((m) => [m, metrics.mean(mine.map((q) => q.scores[m]))])) }
      }),
      questions: { asked: questions.length, without_evidence: questions.filter((q) => q.gold === 0).length },
      ...(values.dreamt ? { dreamt } : {}),
      import: { ...tally, rate: tally.messages / (tally.remember_ms / 1000) },
      latency: {
        whole: metrics.latency(took.whole),
        without_embedding: took.rest.length ? metrics.latency(took.rest) : null,
        took_ms: took.server.length ? metrics.latency(took.server) : null,
      },
      start_ms: startMs, memory,
    }
    print(result)
    const kept = values.limit === undefined || values.name
    const own = [name, ...(values.server ? ['server'] : []), ...(values.dreamt ? ['dreamt'] : []), ...(values.aged ? [`aged-${values.aged}`] : [])].join('-')
    if (kept) console.log(`\nrecorded in ${relative(process.cwd(), record(values.name ?? own, result))}`)
    else console.log('\nnot recorded: --limit makes it a part of the file (name it with --name to keep it)')
    if (values.json) writeFileSync(values.json, `${JSON.stringify({ ...result, each: questions }, null, 1)}\n`)
  } finally {
    if (values.url && !values.keep) for (const user of users) await new Client(values.url, { key: values.key }).removeUser(user)
    await server.remove()
    await servers.stop()
  }
}

/** @param {any} result */
function print(result) {
  const { rows, sessions, latency, file, protocol, memory } = result
  const all = [...rows, ...sessions]
  console.log(`\n### ${file}: ${protocol.conversations} conversations, k ${protocol.k}${protocol.captions ? '' : ', without captions'}; percent, 95 % bootstrap interval\n`)
  console.log(report.print(rows))
  if (sessions.length) console.log(`\n${report.print(sessions)}`)
  const held = goals.retrievalGoals(file).flatMap((goal) => {
    const value = all.find((/** @type {any} */ r) => r.row === goal.row)?.scores[goal.metric]?.mean
    return value === undefined || !Number.isFinite(value) ? [] : [[goal.what, table.percent(value), goal.must, goal.aim, goals.verdict(value * 100, goal)]]
  })
  if (held.length) console.log(`\n${table.markdown(['goal (for conversations never seen)', 'here', 'must', 'aim', 'reached'], held)}`)
  const time = (/** @type {string} */ what, /** @type {any} */ l) => l ? [[what, l.n, table.ms(l.p50), table.ms(l.p95), table.ms(l.p99)]] : []
  console.log(`\n${table.markdown(['recall, one client (ms)', 'n', 'p50', 'p95', 'p99'], [
    ...time('whole request', latency.whole), ...time('without embedding', latency.without_embedding), ...time('took_ms of the answer', latency.took_ms)])}`)
  const { statuses, faults, ...rest } = result.import
  const kinds = Object.entries(statuses).map(([status, n]) => `${n} ${status}`).join(', ')
  console.log(`\nremembered ${rest.messages} messages at ${Math.round(rest.rate)}/s (${kinds}; ${rest.undated} undated); resident ${table.megabytes(memory.rss)} MB`)
  if (result.dreamt) {
    const told = (/** @type {Record<string, number>} */ counts) => Object.entries(counts).map(([name, n]) => `${Math.round(n)} ${name}`).join(', ')
    console.log(`\ndreamt: made ${told(result.dreamt.made)}; ms ${told(result.dreamt.phases)}`)
  }
  const notes = [
    [rest.unfindable, 'answerable questions have evidence that was not stored (focus only or blocked): it can hardly be found'],
    [rest.foreign, protocol.dreamt ? 'results are what the dream made' : 'results are no message of the conversation'],
    [rest.remember_degraded, 'imports were degraded'],
    [rest.recall_degraded, 'recalls were degraded'],
    [rest.k50_differs, `questions have another top ${protocol.k} at k 50: the contract says they have not`],
    [faults.count, `answers did not hold min(k, live) results`],
    [faults.order, 'answers were not in the order of their scores'],
    [faults.repeated, 'answers held a memory twice'],
  ].filter(([n]) => n)
  for (const [n, text] of notes) console.log(`- note: ${n} ${text}`)
}

main().catch((error) => { console.error(error instanceof Error ? error.message : error); process.exitCode = 1 })
