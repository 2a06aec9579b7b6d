/** Tables in markdown and the numbers in them. Pure. */

/**
 * @param {string[]} head
 * @param {(string | number)[][]} rows the first column is text, the others are aligned to the right
 */
function markdown(head, rows) {
  const cells = [head, ...rows].map((row) => row.map((cell) => String(cell).replaceAll('|', '\\|')))
  const widths = head.map((_, i) => Math.max(3, ...cells.map((row) => (row[i] ?? '').length)))
  const line = (/** @type {string[]} */ row) => `| ${widths.map((w, i) => i ? (row[i] ?? '').padStart(w) : (row[i] ?? '').padEnd(w)).join(' | ')} |`
  const rule = `| ${widths.map((w, i) => i ? `${'-'.repeat(w - 1)}:` : '-'.repeat(w)).join(' | ')} |`
  return [line(cells[0]), rule, ...cells.slice(1).map(line)].join('\n')
}

/** @param {number} share 0..1 */
function percent(share) {
  return Number.isFinite(share) ? (share * 100).toFixed(1) : '-'
}

/** @param {{ mean: number, low: number, high: number }} value "81.4 [79.1, 83.6]" */
function interval({ mean, low, high }) {
  return Number.isFinite(mean) ? `${percent(mean)} [${percent(low)}, ${percent(high)}]` : '-'
}

/** @param {number | null | undefined} value milliseconds */
function ms(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return '-'
  return value < 100 ? value.toFixed(1) : String(Math.round(value))
}

/** @param {number | null | undefined} bytes in MB of a million bytes */
function megabytes(bytes) {
  return bytes === null || bytes === undefined ? '-' : (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)
}

module.exports = { markdown, percent, interval, ms, megabytes }
