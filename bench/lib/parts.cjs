/**
 * The parts of recall that an ablation changes, one after the other. The product has no switches for them: loaded before it
 * (`node --require bench/lib/parts.cjs`), this changes the part that BENCH_PART names in the product's own tables before anything reads them.
 *
 * @typedef {{ part: string, what: string, change?: Record<string, Record<string, unknown>>, ask?: Record<string, unknown>, added?: boolean }} Part
 *   change: by file below dist, values of what it exports; ask: parameters of the request; added: off by default, and on for once
 */
const { join } = require('node:path')

/** A weight of nothing: of all vectors together it would divide by 0. */
const NEXT_TO_NOTHING = 1e-9
const WEIGHTS = 'libs/recall/weights'
const LEGS = 'libs/recall/legs'
const ANSWERS = 'libs/language/answers'
/** @param {Record<string, number>} weights @param {Record<string, number>} [legs] */
const weigh = (weights, legs) => ({ [WEIGHTS]: { WEIGHTS: weights }, ...(legs ? { [LEGS]: { LEG: legs } } : {}) })

/** @type {Part[]} */
const PARTS = [
  { part: 'words', what: 'BM25F and its leg', change: weigh({ lexical: 0 }, { words: 0 }) },
  { part: 'turns around', what: 'words of the three turns before and after', change: { [WEIGHTS]: { NEIGHBOURS: [0, 0, 0] } } },
  { part: 'vectors', what: 'both heads and their leg', change: weigh({ semantic: NEXT_TO_NOTHING, situation: NEXT_TO_NOTHING }, { vectors: 0 }) },
  { part: 'content', what: 'the head `semantic`', ask: { heads: ['situation'] } },
  { part: 'scene', what: 'the head `situation`', ask: { heads: ['semantic'] } },
  { part: 'speaker', what: 'the question names who said it', change: weigh({ speaker: 0 }) },
  { part: 'own words', what: "a person's before an assistant's", change: weigh({ own: 0 }) },
  { part: 'statements', what: 'before short questions', change: weigh({ statement: 0 }) },
  { part: 'kinds of answers', what: 'a time, a number, a place', change: weigh({ answers: 0 }) },
  { part: '… times', what: 'as a kind of answer', change: { [ANSWERS]: { ANSWERS: { time: 0 } } } },
  { part: '… numbers', what: 'as a kind of answer', change: { [ANSWERS]: { ANSWERS: { number: 0 } } } },
  { part: '… places', what: 'as a kind of answer', change: { [ANSWERS]: { ANSWERS: { place: 0 } } } },
  { part: 'time', what: 'that the question names, and its leg', change: weigh({ time: 0 }, { period: 0 }) },
  { part: 'graph', what: 'edges, entities that are named', ask: { hops: 0 } },
  { part: 'salience', what: '', change: weigh({ salience: 0 }) },
  { part: 'recency', what: '', change: weigh({ recency: 0 }) },
  { part: 'strength', what: 'what was recalled before', change: weigh({ strength: 0 }) },
  { part: 'diversity', what: 'repetitions come last', change: { [WEIGHTS]: { REPEATED: 1 } } },
  { part: 'names', what: 'the head `entity`', ask: { heads: ['semantic', 'situation', 'entity'] }, added: true },
  { part: 'second hop', what: 'over edges', ask: { hops: 2 }, added: true },
]

/** @param {Part} part @param {(file: string) => any} load answers what a file of the product exports */
function change(part, load) {
  for (const [file, values] of Object.entries(part.change ?? {})) {
    const exported = load(file)
    for (const [name, value] of Object.entries(values)) {
      if (typeof value === 'object') Object.assign(exported[name], value)
      else exported[name] = value
    }
  }
}

const named = PARTS.find(({ part }) => part === process.env.BENCH_PART)
if (named) change(named, (file) => require(join(__dirname, '..', '..', 'dist', file)))

module.exports = { PARTS, change }
