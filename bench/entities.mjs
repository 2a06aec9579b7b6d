// Precision and recall of the names that libs/language finds, on 100 sentences of this project's own. The first 50 were tuned on, the
// last 50 were not. Needs `npm run build`.   node bench/entities.mjs [--misses]
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const { entities } = createRequire(import.meta.url)('../dist/libs/language/index.js')
/** @type {{ text: string, names: string[] }[]} */
const sentences = JSON.parse(readFileSync(new URL('./entities.sentences.json', import.meta.url), 'utf8'))

/** Counts over some sentences; names are compared without case. */
function measure(rows) {
  const counts = { right: 0, found: 0, wanted: 0, misses: [] }
  for (const { text, names } of rows) {
    const got = new Set(entities(text).map((entity) => entity.name.toLowerCase()))
    const gold = new Set(names.map((name) => name.toLowerCase()))
    const right = [...got].filter((name) => gold.has(name)).length
    counts.right += right
    counts.found += got.size
    counts.wanted += gold.size
    if (right < Math.max(got.size, gold.size)) counts.misses.push(`${text}\n    found ${[...got].join(', ') || '-'}; wanted ${[...gold].join(', ') || '-'}`)
  }
  return counts
}

console.log('| sentences | precision | recall | F1 |\n| --- | --: | --: | --: |')
for (const [name, rows] of [['first 50 (tuned on)', sentences.slice(0, 50)], ['last 50', sentences.slice(50)], ['all', sentences]]) {
  const { right, found, wanted, misses } = measure(rows)
  const precision = right / found
  const recall = right / wanted
  console.log(`| ${name} | ${precision.toFixed(3)} | ${recall.toFixed(3)} | ${((2 * precision * recall) / (precision + recall)).toFixed(3)} |`)
  if (process.argv.includes('--misses') && name !== 'all') console.log(misses.map((miss) => `  ${miss}`).join('\n'))
}
