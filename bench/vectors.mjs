/**
 * Does the search over signatures find what an exact search over the vectors finds? Real vectors of the local model: sentences of evaluation
 * files make users of several sizes; their questions are asked of the recall statement without words, by one head.
 *
 *   node bench/vectors.mjs --database-url postgresql://… [--sizes 150,1000,5000,20000,50000] [--questions 100] a.jsonl b.jsonl
 *
 * Users above --index-above (20,000) are searched by their HNSW indexes, the others exactly. The database is filled and should be an empty one.
 * Prints a table and records bench/results/vectors.json. See README.md.
 */
import { createRequire } from 'node:module'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { provenance, record, ROOT } from './lib/machine.mjs'
import table from './lib/table.cjs'

const require = createRequire(import.meta.url)
require('reflect-metadata')
const built = (/** @type {string} */ name) => require(`${ROOT}/dist/${name}`)
const { openDatabase } = built('libs/database')
const { MIGRATIONS } = built('migrations')
const { EmbeddingStore, RECALLED_KINDS, VectorIndexes } = built('libs/episodic-memory')
const { bitSignature, newId, SystemClock, userUuid } = built('libs/kernel')
const { LocalEmbedder } = built('libs/embeddings/local.embedder')
const { candidatesSql } = built('libs/recall/candidates.sql')
const { nearestByIndexSql } = built('libs/recall/near.sql')

const { values: options, positionals: files } = parseArgs({
  allowPositionals: true,
  options: {
    'database-url': { type: 'string' },
    sizes: { type: 'string', default: '150,1000,5000,20000,50000' },
    questions: { type: 'string', default: '100' },
    'index-above': { type: 'string', default: '20000' },
    cache: { type: 'string' },
    name: { type: 'string', default: 'vectors' },
  },
})
const K = 10
const BATCH = 1000
if (!options['database-url'] || files.length === 0) throw new Error('name a database (--database-url) and at least one evaluation file')

const conversations = files.flatMap((file) => readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line)))
const sentencesOf = (/** @type {string} */ text) => text.split(/(?<=[.!?])\s+|\n+/).map((s) => s.trim()).filter((s) => s.length >= 20)
const sentences = [...new Set(conversations.flatMap((c) => c.docs).flatMap((d) => sentencesOf(d.text)))]
const step = (/** @type {unknown[]} */ all, /** @type {number} */ n) => all.filter((_, i) => Math.floor(i * n / all.length) !== Math.floor((i - 1) * n / all.length)).slice(0, n)
const questions = step([...new Set(conversations.flatMap((c) => c.queries).map((q) => q.text))], Number(options.questions))
const sizes = options.sizes.split(',').map(Number).filter((size) => {
  if (size <= sentences.length) return true
  console.log(`left out ${size}: the files have ${sentences.length} sentences`)
  return false
})

/** Vectors of the local model, 512 numbers each, kept in --cache. */
async function embed(/** @type {string[]} */ texts) {
  const dim = 512
  if (options.cache && existsSync(options.cache)) {
    const kept = readFileSync(options.cache)
    if (kept.length === texts.length * dim * 4) {
      return texts.map((_, i) => new Float32Array(kept.buffer.slice(kept.byteOffset + i * dim * 4, kept.byteOffset + (i + 1) * dim * 4)))
    }
  }
  const embedder = new LocalEmbedder({ dim })
  const out = []
  for (let i = 0; i < texts.length; i += BATCH) {
    out.push(...await embedder.embed(texts.slice(i, i + BATCH), 'document'))
    if (i % 10_000 === 0) console.log(`embedded ${i} of ${texts.length}`)
  }
  await embedder.close()
  if (options.cache) writeFileSync(options.cache, Buffer.concat(out.map((v) => Buffer.from(v.buffer, v.byteOffset, v.byteLength))))
  return out
}

const padded = (/** @type {Float32Array} */ v) => {
  const whole = new Float32Array(768)
  whole.set(v)
  return whole
}
const largest = Math.max(...sizes)
const used = step(sentences, largest)
const all = await embed([...used, ...questions])
const vectors = all.slice(0, used.length)
const asked = all.slice(used.length)

const db = await openDatabase({ backend: 'postgresql', url: options['database-url'], migrations: MIGRATIONS })
const store = new EmbeddingStore(db.sql)
await store.open('use-lite', 768, 'fp16')
const at = new Date('2025-06-15T00:00:00Z')
await store.ensureMonths([at])
const idOf = (/** @type {number} */ n) => `018f0000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`
const userOf = (/** @type {number} */ size) => userUuid(`bench-vectors-${size}-${newId(new Date())}`)
const users = new Map(sizes.map((size) => [size, userOf(size)]))
for (const [size, userId] of users) {
  const scope = { userId }
  await db.sql.run(scope, 'insert into memory_user (id, external_id, traces, created_at) values ($1, $2, $3, now())', [userId, userId, size])
  const own = step(vectors.map((_, i) => i), size)
  for (let i = 0; i < own.length; i += BATCH) {
    const part = own.slice(i, i + BATCH)
    await db.sql.run(scope, `insert into memory_trace
        (user_id, id, kind, role, content, retention, words, salience, confidence, tags, meta, occurred_at, created_at, valid_from, content_key)
      select $1, id, 'episode', 'user', '', 'personal', 1, .5, 1, '{}', '{}', $3, now(), now(), decode(md5(id::text), 'hex') from unnest($2::uuid[]) id`, [userId, part.map(idOf), at])
    await db.sql.transaction(scope, () => store.insert(userId, 'use-lite', at, part.map((n) => ({ traceId: idOf(n), head: 'semantic', chunk: 0, vec: padded(vectors[n]), occurredAt: at }))))
  }
  console.log(`filled ${size}`)
}
await db.vacuum()
const indexes = new VectorIndexes(db, db.sql, new SystemClock())
const before = performance.now()
await indexes.maintain({ threshold: Number(options['index-above']) })
console.log(`indexes: ${((performance.now() - before) / 1000).toFixed(1)} s`)

/** @param {string} userId @param {{ text: string, params: unknown[] }} statement */
const ask = (userId, { text, params }) => db.sql.many({ userId }, text, params)
const rows = []
for (const [size, userId] of users) {
  const own = step(vectors.map((_, i) => i), size)
  const indexed = await indexes.serve(userId)
  let shared = 0
  const times = []
  for (const question of asked) {
    const dot = (/** @type {number} */ n) => {
      const v = vectors[n]
      let sum = 0
      for (let i = 0; i < v.length; i++) sum += v[i] * question[i]
      return sum
    }
    const exact = own.map((n) => ({ n, cosine: dot(n) })).sort((a, b) => b.cosine - a.cosine).slice(0, K)
    const vec = padded(question)
    const heads = [{ head: 'semantic', vec: store.encode(vec), bits: bitSignature(vec) }]
    const from = performance.now()
    const [nearest] = indexed ? await ask(userId, nearestByIndexSql(userId, heads, 512)) : []
    const found = await ask(userId, candidatesSql({
      userId, filter: { kind: RECALLED_KINDS }, narrowed: false, at: new Date(), past: false, superseded: 'not', terms: [], words: [], periods: [], asks: 0,
      heads, dims: 512, nearest, model: 'use-lite', vectorType: 'halfvec', names: [],
      primed: [], hops: 0, explain: false, k: K,
    }))
    times.push(performance.now() - from)
    const best = new Set(found.sort((a, b) => b.semantic - a.semantic).slice(0, K).map((row) => row.traceId))
    shared += exact.filter(({ n }) => best.has(idOf(n))).length / Math.min(K, own.length)
  }
  times.sort((a, b) => a - b)
  rows.push({ size, indexed, recall: shared / asked.length, p50: times[Math.floor(times.length / 2)], p95: times[Math.floor(times.length * 0.95)] })
}
await db.close()
console.log(`\n${table.markdown(['vectors of the user', 'searched', 'recall@10 against exact', 'p50 (ms)', 'p95'],
  rows.map((r) => [r.size, r.indexed ? 'by index' : 'exactly', r.recall.toFixed(4), table.ms(r.p50), table.ms(r.p95)]))}`)
record(options.name, { bench: 'vectors', ...provenance(), questions: asked.length, rows })
