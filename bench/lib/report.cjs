/**
 * Scored questions to the rows of a report. Pure.
 *
 * @typedef {{ id: string, category: string, answerable: boolean, scores: Record<string, number>, session?: Record<string, number> }} Scored
 * @typedef {{ row: string, n: number, scores: Record<string, { mean: number, low: number, high: number }> }} Row
 */
const { summarise } = require('./metrics.cjs')
const { markdown, interval } = require('./table.cjs')

const METRICS = ['R@5', 'R@10', 'all@10', 'nDCG@10', 'MRR']
const SESSION_METRICS = ['R@5', 'all@5', 'R@10']
/** The BEAM kinds whose evidence is a fact; `factual` sums them up. */
const FACTUAL = ['information_extraction', 'knowledge_update', 'multi_session_reasoning', 'temporal_reasoning', 'contradiction_resolution', 'preference_following']
const APART = 'adversarial'

/** Whether a question counts: it has evidence and is not a trap. @param {{ category: string, gold: string[] }} query */
function answerable(query) {
  return query.category !== APART && query.gold.length > 0
}

/** @param {Scored[]} questions @returns {Row[]} all, factual, every category, adversarial last */
function rows(questions) {
  const row = (/** @type {string} */ name, /** @type {Scored[]} */ some) => ({ row: name, n: some.length, scores: summarise(some.map((q) => q.scores), METRICS) })
  const counted = questions.filter((q) => q.answerable)
  const factual = counted.filter((q) => FACTUAL.includes(q.category))
  const kinds = [...new Set(counted.map((q) => q.category))].sort()
  const traps = questions.filter((q) => q.category === APART && q.scores.MRR !== undefined)
  return [
    row('all', counted),
    ...(factual.length ? [row('factual', factual)] : []),
    ...kinds.map((kind) => row(kind, counted.filter((q) => q.category === kind))),
    ...(traps.length ? [row(APART, traps)] : []),
  ]
}

/** @param {Scored[]} questions @returns {Row[]} the session unit over the answerable ones; none when it was not asked for */
function sessionRows(questions) {
  const counted = questions.flatMap((q) => q.answerable && q.session ? [q.session] : [])
  return counted.length ? [{ row: 'session', n: counted.length, scores: summarise(counted, SESSION_METRICS) }] : []
}

/** @param {Row[]} some */
function print(some) {
  const names = Object.keys(some[0]?.scores ?? {})
  return markdown(['questions', 'n', ...names], some.map((row) => [row.row, row.n, ...names.map((name) => interval(row.scores[name]))]))
}

module.exports = { METRICS, SESSION_METRICS, FACTUAL, answerable, rows, sessionRows, print }
