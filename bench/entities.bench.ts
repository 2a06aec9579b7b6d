import sentences from './entities.sentences.json'
import { entities } from '#language'

interface Sentence {
  readonly text: string
  readonly names: readonly string[]
}

/** Precision, recall and F1 of the names entities() finds, compared without case. */
function score(rows: readonly Sentence[], verbose: boolean): { precision: number; recall: number; f1: number } {
  let right = 0
  let found = 0
  let wanted = 0
  for (const { text, names } of rows) {
    const got = new Set(entities(text).map((one) => one.name.toLowerCase()))
    const gold = new Set(names.map((name) => name.toLowerCase()))
    const hits = [...got].filter((name) => gold.has(name)).length
    right += hits
    found += got.size
    wanted += gold.size
    if (verbose && (hits < got.size || hits < gold.size)) {
      console.log(`  ${text}\n    found ${[...got].join(', ') || '-'}; wanted ${[...gold].join(', ') || '-'}`)
    }
  }
  const precision = found === 0 ? 1 : right / found
  const recall = wanted === 0 ? 1 : right / wanted
  return { precision, recall, f1: precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall) }
}

function report(name: string, rows: readonly Sentence[], verbose = false): void {
  const { precision, recall, f1 } = score(rows, verbose)
  console.log(`${name.padEnd(22)} precision ${precision.toFixed(3)}  recall ${recall.toFixed(3)}  F1 ${f1.toFixed(3)}`)
}

report('tuned on (first 50)', sentences.slice(0, 50), process.argv.includes('--tuned'))
report('not tuned on (last 50)', sentences.slice(50), process.argv.includes('--all'))
report('all 100', sentences)

const rounds = 20
const start = performance.now()
for (let i = 0; i < rounds; i++) for (const { text } of sentences) entities(text)
console.log(`${Math.round((rounds * sentences.length * 1000) / (performance.now() - start))} messages/s`)
