// Precision and recall of the facts that libs/facts reads, on 212 sentences of this project's own. The first half was tuned on; the second
// was written before, and looked at only by its figures. Needs `npm run build`.   node bench/facts.mjs [--misses]
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const { claimsOf } = createRequire(import.meta.url)('../dist/libs/facts/index.js')
/** @typedef {{ text: string, speaker?: string, facts: string[][] }} Row */
/** @type {Record<'development' | 'held_out', Row[]>} */
const { development, held_out: heldOut } = JSON.parse(readFileSync(new URL('./facts.sentences.json', import.meta.url), 'utf8'))
const AT = new Date('2026-06-10T12:00:00Z')

/** Facts of a sentence, each as one line; objects are compared without case. @param {Row} row */
function read({ text, speaker = 'Ana' }) {
  return claimsOf(text, { speaker, at: AT, zone: 'UTC' }).map(({ triple: t, from }) => ({
    line: [t.subject, (t.negated ? '!' : '') + t.predicate, t.object].join(' | ').toLowerCase(), from: from?.toISOString(),
  }))
}

/** @param {Row[]} rows */
function measure(rows) {
  const counts = { right: 0, found: 0, wanted: 0, dates: 0, datesRight: 0, clean: 0, silent: 0, misses: /** @type {string[]} */ ([]) }
  for (const row of rows) {
    const got = read(row)
    const gold = row.facts.map(([s, p, o]) => [s, p, o].join(' | ').toLowerCase())
    const right = got.filter((one) => gold.includes(one.line))
    counts.right += right.length
    counts.found += got.length
    counts.wanted += gold.length
    row.facts.forEach(([, , , from], i) => {
      const match = right.find((one) => one.line === gold[i])
      if (!match || (!from && !match.from)) return
      counts.dates++
      if (from && match.from?.startsWith(from)) counts.datesRight++
      else counts.misses.push(`${row.text}\n    from ${match.from ?? '-'}; wanted ${from ?? '-'}`)
    })
    if (gold.length === 0) counts.silent++
    if (gold.length === 0 && got.length === 0) counts.clean++
    if (right.length < Math.max(got.length, gold.length)) counts.misses.push(`${row.text}\n    found ${got.map((one) => one.line).join('; ') || '-'}\n    wanted ${gold.join('; ') || '-'}`)
  }
  return counts
}

const percent = (/** @type {number} */ x) => (100 * x).toFixed(1)
console.log('| sentences | facts | precision | recall | dates right | nothing read where nothing is said |\n| --- | --: | --: | --: | --: | --: |')
for (const [name, rows] of /** @type {const} */ ([['development', development], ['held out', heldOut]])) {
  const c = measure(rows)
  console.log(`| ${name} (${rows.length}) | ${c.wanted} | ${percent(c.right / c.found)} | ${percent(c.right / c.wanted)} | ${c.datesRight} of ${c.dates} | ${c.clean} of ${c.silent} |`)
  if (process.argv.includes('--misses') && name === 'development') console.log(c.misses.map((miss) => `  ${miss}`).join('\n'))
}
