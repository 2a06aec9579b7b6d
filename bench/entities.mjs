// Precision and recall of the names that libs/language finds, on 100 sentences of this project's own: the first 50 were tuned on, the last 50
// were not. Then, of pairs of messages, whether libs/entities takes those for mentions of one that are, on 18 short exchanges of our own.
// Needs `npm run build`.   node bench/entities.mjs [--misses]
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const { entities } = require('../dist/libs/language/index.js')
const { canonicalKeys } = require('../dist/libs/entities/index.js')
const read = (/** @type {string} */ name) => JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'))

/** Counts over some sentences; names are compared without case. */
function measure(/** @type {{ text: string, names: string[] }[]} */ rows) {
  const counts = { right: 0, found: 0, wanted: 0, misses: /** @type {string[]} */ ([]) }
  for (const { text, names } of rows) {
    count(counts, new Set(entities(text).map((/** @type {{ name: string }} */ entity) => entity.name.toLowerCase())), new Set(names.map((name) => name.toLowerCase())), text)
  }
  return counts
}

/** Counts over some exchanges: of pairs of messages, those that name one and the same. */
function resolve(/** @type {{ messages: string[], names: Record<string, number[]> }[]} */ cases) {
  const counts = { right: 0, found: 0, wanted: 0, misses: /** @type {string[]} */ ([]) }
  for (const { messages, names } of cases) {
    const said = messages.map((text) => entities(text))
    /** @type {Map<string, { key: string, type: string }>} */
    const all = new Map()
    for (const one of said.flat()) if ((all.get(one.key)?.type ?? 'other') === 'other') all.set(one.key, one)
    const canonical = canonicalKeys([...all.values()])
    /** @type {Map<string, Set<number>>} */
    const meant = new Map()
    said.forEach((found, i) => found.forEach((/** @type {{ key: string }} */ one) => {
      const key = canonical.get(one.key)
      meant.set(key, (meant.get(key) ?? new Set()).add(i))
    }))
    count(counts, pairs([...meant.values()]), pairs(Object.values(names)), messages.join(' / '))
  }
  return counts
}

/** @param {Iterable<Iterable<number>>} groups */
function pairs(groups) {
  return new Set([...groups].flatMap((group) => [...group].flatMap((i, at, all) => all.slice(at + 1).map((j) => `${i} and ${j}`))))
}

/** @param {{ right: number, found: number, wanted: number, misses: string[] }} counts @param {Set<string>} got @param {Set<string>} gold @param {string} text */
function count(counts, got, gold, text) {
  const right = [...got].filter((one) => gold.has(one)).length
  counts.right += right
  counts.found += got.size
  counts.wanted += gold.size
  if (right < Math.max(got.size, gold.size)) counts.misses.push(`${text}\n    found ${[...got].join(', ') || '-'}; wanted ${[...gold].join(', ') || '-'}`)
}

const sentences = read('./entities.sentences.json')
console.log('| | precision | recall | F1 |\n| --- | --: | --: | --: |')
for (const [name, { right, found, wanted, misses }] of /** @type {const} */ ([
  ['names, first 50 sentences (tuned on)', measure(sentences.slice(0, 50))], ['names, last 50 sentences', measure(sentences.slice(50))], ['names, all', measure(sentences)],
  ['who is who, pairs of messages', resolve(read('./entities.resolution.json'))],
])) {
  const precision = right / found
  const recall = right / wanted
  console.log(`| ${name} | ${precision.toFixed(3)} | ${recall.toFixed(3)} | ${((2 * precision * recall) / (precision + recall)).toFixed(3)} |`)
  if (process.argv.includes('--misses') && name !== 'names, all') console.log(misses.map((miss) => `  ${miss}`).join('\n'))
}
