/**
 * Retrieval metrics and their uncertainty. Pure; the definitions are those of the evaluation protocol.
 * A ranking is a list of ids, best first; gold is the set of ids that hold the evidence.
 */

const CUTS = [1, 3, 5, 10, 20, 50]

/**
 * @param {string[]} ranked
 * @param {Set<string>} gold not empty
 * @returns {Record<string, number>} R@k, hit@k and all@k for every cut, nDCG@10, MRR
 */
function evaluate(ranked, gold) {
  const ranks = []
  ranked.forEach((id, at) => { if (gold.has(id)) ranks.push(at + 1) })
  /** @type {Record<string, number>} */
  const out = {}
  for (const k of CUTS) {
    const hits = ranks.filter((rank) => rank <= k).length
    out[`R@${k}`] = hits / gold.size
    out[`hit@${k}`] = hits > 0 ? 1 : 0
    out[`all@${k}`] = hits >= gold.size ? 1 : 0
  }
  const gain = (/** @type {number} */ rank) => 1 / Math.log2(rank + 1)
  let ideal = 0
  for (let rank = 1; rank <= Math.min(10, gold.size); rank++) ideal += gain(rank)
  out['nDCG@10'] = ranks.filter((rank) => rank <= 10).reduce((sum, rank) => sum + gain(rank), 0) / ideal
  out.MRR = ranks.length ? 1 / ranks[0] : 0
  return out
}

/** @param {number[]} values */
function mean(values) {
  return values.length ? values.reduce((sum, v) => sum + v, 0) / values.length : NaN
}

/**
 * Percentile bootstrap of the mean; deterministic by seed.
 * @param {number[]} values
 * @returns {[number, number]} the 2.5th and 97.5th percentile
 */
function bootstrap(values, rounds = 1000, seed = 1) {
  if (!values.length) return [NaN, NaN]
  let x = seed
  const next = () => (x = (x * 1664525 + 1013904223) % 4294967296) / 4294967296
  const means = []
  for (let b = 0; b < rounds; b++) {
    let sum = 0
    for (let i = 0; i < values.length; i++) sum += values[Math.floor(next() * values.length)]
    means.push(sum / values.length)
  }
  means.sort((a, b) => a - b)
  return [means[Math.floor(rounds * 0.025)], means[Math.floor(rounds * 0.975)]]
}

/**
 * @param {Record<string, number>[]} rows one per question
 * @param {string[]} names which metrics
 * @returns {Record<string, { mean: number, low: number, high: number }>}
 */
function summarise(rows, names) {
  return Object.fromEntries(names.map((name) => {
    const values = rows.map((row) => row[name])
    const [low, high] = bootstrap(values)
    return [name, { mean: mean(values), low, high }]
  }))
}

/**
 * Nearest-rank percentile.
 * @param {number[]} values in any order
 * @param {number} p 0..100
 */
function percentile(values, p) {
  if (!values.length) return NaN
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil((p / 100) * sorted.length) - 1)]
}

/** @param {number[]} values milliseconds */
function latency(values) {
  return { n: values.length, mean: mean(values), p50: percentile(values, 50), p95: percentile(values, 95), p99: percentile(values, 99) }
}

module.exports = { evaluate, mean, bootstrap, summarise, percentile, latency }
