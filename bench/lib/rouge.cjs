/**
 * ROUGE-L of a summary against a reference (Lin, "ROUGE: a package for automatic evaluation of summaries", 2004), at the level of summaries: of each
 * reference sentence the words that are in its longest common subsequence with any sentence of the summary, each word of the summary counted once,
 * as ROUGE 1.5.5 does. Words are lower-case letters and digits, unstemmed. Pure.
 */

const SENTENCES = new Intl.Segmenter('en', { granularity: 'sentence' })

/** @param {string} text @returns {string[]} */
function sentences(text) {
  return text.split('\n').flatMap((line) => [...SENTENCES.segment(line)].map(({ segment }) => segment.trim())).filter((sentence) => sentence !== '')
}

/** @param {string} text @returns {string[]} */
function words(text) {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
}

/** The places of `a` that are in a longest common subsequence with `b`. @param {string[]} a @param {string[]} b @returns {number[]} */
function common(a, b) {
  const table = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1))
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) table[i][j] = a[i] === b[j] ? table[i + 1][j + 1] + 1 : Math.max(table[i + 1][j], table[i][j + 1])
  }
  const places = []
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (a[i] === b[j]) {
      places.push(i)
      i++
      j++
    } else if (table[i + 1][j] >= table[i][j + 1]) i++
    else j++
  }
  return places
}

/**
 * @param {string} summary
 * @param {string} reference
 * @returns {{ recall: number, precision: number, f1: number }} 0..1
 */
function rougeL(summary, reference) {
  const said = sentences(summary).map(words)
  const wanted = sentences(reference).map(words)
  const left = new Map()
  for (const word of said.flat()) left.set(word, (left.get(word) ?? 0) + 1)
  let hits = 0
  for (const sentence of wanted) {
    for (const place of new Set(said.flatMap((one) => common(sentence, one)))) {
      const word = sentence[place]
      if (left.get(word) > 0) {
        left.set(word, left.get(word) - 1)
        hits++
      }
    }
  }
  const count = (/** @type {string[][]} */ all) => all.reduce((sum, one) => sum + one.length, 0)
  const [recall, precision] = [hits / Math.max(1, count(wanted)), hits / Math.max(1, count(said))]
  return { recall, precision, f1: recall + precision === 0 ? 0 : (2 * recall * precision) / (recall + precision) }
}

/** The first sentences of texts, up to so many characters (the first one in any case). @param {string[]} texts @param {number} chars */
function lead(texts, chars) {
  const taken = []
  let length = 0
  for (const sentence of texts.flatMap(sentences)) {
    if (taken.length > 0 && length + sentence.length > chars) break
    taken.push(sentence)
    length += sentence.length + 1
  }
  return taken.join('\n')
}

module.exports = { rougeL, lead }
