/** The goals that the benches are held against (percent for quality, as agreed for conversations never seen). Pure. */

/**
 * @typedef {{ what: string, row: string, metric: string, must: number, aim: number }} Goal
 * @type {Record<string, Goal[]>} by a part of the file's name; the first that fits
 */
const RETRIEVAL = {
  locomo: [
    { what: 'turn R@10', row: 'all', metric: 'R@10', must: 80, aim: 86 },
    { what: 'turn nDCG@10', row: 'all', metric: 'nDCG@10', must: 64, aim: 72 },
    { what: 'multi-hop R@10', row: 'multi-hop', metric: 'R@10', must: 52, aim: 65 },
    { what: 'session R@5', row: 'session', metric: 'R@5', must: 88, aim: 93 },
    { what: 'session all@5', row: 'session', metric: 'all@5', must: 82, aim: 88 },
  ],
  beam: [{ what: 'factual R@10', row: 'factual', metric: 'R@10', must: 73, aim: 80 }],
  madial: [{ what: 'R@10', row: 'all', metric: 'R@10', must: 75, aim: 81 }],
  real: [
    { what: 'real chats R@10', row: 'all', metric: 'R@10', must: 58, aim: 66 },
    { what: 'real chats nDCG@10', row: 'all', metric: 'nDCG@10', must: 49, aim: 56 },
  ],
}

/** Recall p95 without the embedding of the query, in ms, by mode and number of traces; remember in traces a second. */
const LOAD = {
  recall: [
    { mode: 'embedded', traces: 10_000, must: 50, aim: 35 },
    { mode: 'server', traces: 10_000, must: 20, aim: 15 },
    { mode: 'server', traces: 100_000, must: 40, aim: 10 },
    { mode: 'server', traces: 1_000_000, must: 100, aim: 20 },
  ],
  remember: { must: 400 },
}

/** A dream over all days of 10,000 traces of one user, by a dream-worker and without a model: seconds, and its peak of resident memory in bytes. */
const DREAM = { traces: 10_000, seconds: { must: 60 }, peak: { must: 500e6 } }

/** @param {string} file its base name */
function retrievalGoals(file) {
  const key = Object.keys(RETRIEVAL).find((name) => file.toLowerCase().includes(name))
  return key ? RETRIEVAL[key] : []
}

/**
 * The bar for a store of this size; null where none was set: a smaller store proves nothing about a larger one.
 * @param {string} mode @param {number} traces
 */
function recallGoal(mode, traces) {
  return LOAD.recall.find((goal) => goal.mode === mode && traces <= goal.traces && traces >= 0.9 * goal.traces) ?? null
}

/**
 * @param {number} value @param {{ must: number, aim?: number }} goal
 * @param {boolean} [lower] less is better
 */
function verdict(value, goal, lower = false) {
  const reached = (/** @type {number} */ bar) => lower ? value < bar : value >= bar
  if (goal.aim !== undefined && reached(goal.aim)) return 'aim'
  return reached(goal.must) ? 'must' : 'missed'
}

module.exports = { retrievalGoals, recallGoal, verdict, LOAD, DREAM }
