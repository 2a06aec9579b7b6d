/** Recall with one part of it left out after the other, in one table over several files. */
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { openServer } from '../server.mjs'
import { Client } from './client.mjs'
import dataset from './dataset.cjs'
import { provenance, ROOT } from './machine.mjs'
import metrics from './metrics.cjs'
import parts from './parts.cjs'
import { remember } from './remembering.mjs'
import report from './report.cjs'
import table from './table.cjs'

const METRICS = ['R@10', 'nDCG@10']
const PRELOAD = join(ROOT, 'bench', 'lib', 'parts.cjs')
/** Questions under way at once. */
const CLIENTS = 2

/** @typedef {{ user: string, text: string, gold: Set<string> }} Asked */
/** @typedef {Record<string, number>[][]} Scores a list for each file, of each of its questions' metrics */

/** The questions of a file that count: answerable, and of BEAM those that ask for facts. @param {import('./dataset.cjs').Query[]} queries */
function counted(queries) {
  const all = queries.filter(report.answerable)
  const factual = all.filter((query) => report.FACTUAL.includes(query.category))
  return factual.length ? factual : all
}

/** @param {Client} client @param {Asked[]} questions @param {Record<string, unknown>} more */
async function ask(client, questions, more) {
  /** @type {Record<string, number>[]} */
  const scores = []
  let next = 0
  const one = async () => {
    for (let at = next++; at < questions.length; at = next++) {
      const { user, text, gold } = questions[at]
      const { body } = await client.recall({ user_id: user, query: text, k: 10, ...more })
      if (body.degraded.length) throw new Error(`recall was degraded: ${body.degraded}`)
      scores[at] = metrics.evaluate(body.results.map((/** @type {any} */ r) => r.id), gold)
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, one))
  return scores
}

/** @param {Scores[number]} as what it is compared with @param {Scores[number]} changed */
function compare(as, changed) {
  return Object.fromEntries(METRICS.map((metric) => {
    const differences = changed.map((scores, i) => scores[metric] - as[i][metric])
    const [low, high] = metrics.bootstrap(differences)
    return [metric, { value: metrics.mean(changed.map((scores) => scores[metric])), difference: metrics.mean(differences), low, high }]
  }))
}

/**
 * Remembers all files in one store and asks every question once for each part. The first time everything of the import is still in mind; each start
 * begins with nothing in mind, which is what the others are compared with.
 * @param {string[]} files @param {{ url?: string, entry?: string, env?: string[], limit: number, options: { captions: boolean, size: number } }} more
 */
export async function ablate(files, { limit, options, ...given }) {
  if (given.url || given.env?.some((pair) => pair.startsWith('DATABASE_URL='))) throw new Error('--ablate wants a product and an embedded store of its own')
  const server = openServer(given)
  if (!('before' in server)) throw new Error('--ablate wants a product that the bench starts')
  try {
    await server.start()
    const client = () => new Client(server.url)
    /** @type {Asked[][]} */
    const questions = []
    for (const [number, file] of files.entries()) {
      questions.push([])
      for (const conversation of dataset.parseConversations(readFileSync(file, 'utf8')).slice(0, limit)) {
        const user = `${number}-${conversation.id}`.slice(0, 200)
        const { ledger } = await remember(client(), user, conversation, options)
        questions[number].push(...counted(conversation.queries).map(({ text, gold }) => ({ user, text, gold: ledger.gold(gold) })))
        console.error(`${basename(file)}: remembered ${conversation.id}`)
      }
    }
    /** @param {Record<string, unknown>} [more] @returns {Promise<Scores>} */
    const scored = async (more = {}) => {
      const scores = []
      for (const asked of questions) scores.push(await ask(client(), asked, more))
      return scores
    }
    const inMind = await scored()
    server.before = ['--require', PRELOAD]
    let now = 'as imported'
    const restart = async (/** @type {string} */ part) => {
      if (part === now) return
      now = part
      await server.stop()
      server.extra = { ...server.extra, BENCH_PART: part }
      await server.start()
    }
    await restart('')
    const base = await scored()
    const row = (/** @type {string} */ part, /** @type {string} */ what, /** @type {boolean} */ added, /** @type {Scores} */ as, /** @type {Scores} */ changed) =>
      ({ part, what, added, sets: files.map((_, i) => compare(as[i], changed[i])) })
    const rows = [row('as it is', 'nothing in mind', false, base, base), row('focus', 'what was just said is in mind', false, inMind, base)]
    for (const { part, what, change, ask: asked, added = false } of parts.PARTS) {
      await restart(change ? part : '')
      const changed = await scored(asked)
      rows.push(row(part, what, added, base, changed))
      console.error(`${added ? 'with' : 'without'} ${part}: ${rows.at(-1)?.sets.map((set) => METRICS.map((metric) => table.percent(set[metric].value)).join(' / ')).join(', ')}`)
    }
    return {
      bench: 'ablation', ...provenance(), mode: server.mode, protocol: { k: 10, captions: options.captions, batch: options.size, limit: Number.isFinite(limit) ? limit : null },
      sets: files.map((file, i) => ({ file: basename(file), questions: questions[i].length })), rows,
    }
  } finally {
    await server.remove()
  }
}

/** @param {Awaited<ReturnType<typeof ablate>>} result */
export function printAblation({ sets, rows }) {
  const signed = (/** @type {number} */ share) => `${share > 0 ? '+' : ''}${table.percent(share)}`.replace(/^-/, '−').replace(/^[+−]0\.0$/, '0.0')
  const cell = (/** @type {any} */ { difference, low, high }) => `${signed(difference)} [${signed(low)}, ${signed(high)}]`
  const [base, ...others] = rows
  const value = (/** @type {any} */ { value }) => table.percent(value)
  console.log(`\n${table.markdown(['part', ...sets.flatMap(({ file }) => METRICS.map((metric) => `${file.split('.')[0]} ${metric}`))], [
    [base.part, ...base.sets.flatMap((set) => METRICS.map((metric) => value(set[metric])))],
    ...others.map(({ part, what, added, sets: of }) =>
      [`${added ? 'with' : 'without'} ${part}${what ? ` (${what})` : ''}`, ...of.flatMap((set) => METRICS.map((metric) => cell(set[metric])))]),
  ])}`)
}
