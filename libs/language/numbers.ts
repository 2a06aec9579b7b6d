import { englishMonth } from './dates'

/** Nobody looks for a longer word; one is cut into such (a store's index takes no key of any length). */
const LETTERS = '[\\p{L}\\p{N}][\\p{L}\\p{N}\\p{M}]{0,255}'
/** One part of a text after the other: an address, a date, a number with signs inside, or a word. All are bounded, for texts that are not language. */
const PART = new RegExp([
  '(?<email>[\\p{L}\\p{N}][\\p{L}\\p{N}._%+-]{0,63}@[\\p{L}\\p{N}-]{1,63}(?:\\.[\\p{L}\\p{N}-]{1,63}){1,8})',
  '(?<iso>\\d{4}-\\d{2}-\\d{2}(?!\\d))',
  '(?<dotted>\\d{1,2}\\.\\d{1,2}\\.\\d{4}(?![\\d.]))',
  '(?<number>\\d{1,64}(?:[.,:]\\d{1,64}){1,16})',
  `(?<word>${LETTERS})`,
].join('|'), 'gu')
export const WORD = new RegExp(LETTERS, 'gu')
/** 1,000 and 1.000.000; 1,234.5 and 1.234,5. */
const GROUPED = /^([1-9]\d{0,2})((?:,\d{3})+)(\.\d+)?$|^([1-9]\d{0,2})((?:\.\d{3})+)(,\d+)?$/

/** A word as it stands (a text), or what a date or number is found by, each word of it by several terms. */
export type Part = string | readonly string[]

/**
 * The words of a text in lower case, and beside them what signs inside hold together: addresses of e-mail, dates, times, decimals
 * (3,5 as 3.5), versions. A number in groups of thousands is one number.
 */
export function parts(text: string): Part[] {
  if (!/[\d@]/.test(text)) return text.match(WORD) ?? []
  const out: Part[] = []
  for (const { groups } of text.matchAll(PART)) {
    const { email, iso, dotted, number, word } = groups as Record<string, string | undefined>
    if (word !== undefined) out.push(word)
    else if (email !== undefined) out.push([email.replace(/[.-]+$/, '')], ...(email.match(WORD) ?? []))
    else if (iso !== undefined) out.push(...dateParts(iso, iso.split('-')))
    else if (dotted !== undefined) out.push(...dateParts(dotted, dotted.split('.').reverse()))
    else out.push(...numberParts(number!))
  }
  return out
}

/** Year, month and day, each as written and as a date is stored: 2024-05-08 is found by "8 May 2024". */
function dateParts(written: string, [year, month, day]: readonly string[]): Part[] {
  const name = englishMonth(Number(month))
  if (name === undefined || Number(day) < 1 || Number(day) > 31) return written.match(WORD) ?? []
  return [[String(Number(day)), day!], [name, month!], year!]
}

function numberParts(written: string): Part[] {
  const grouped = GROUPED.exec(written)
  if (grouped) {
    const digits = `${grouped[1] ?? grouped[4]!}${(grouped[2] ?? grouped[5]!).replace(/[.,]/g, '')}`
    const rest = grouped[3] ?? grouped[6]
    return rest === undefined ? [digits] : [[`${digits}.${rest.slice(1)}`], digits, rest.slice(1)]
  }
  const words = written.match(WORD)!
  // A list of numbers is no number.
  if (/,.*,|,.*\.|\..*,/.test(written)) return words
  return [[written.replace(',', '.')], ...words]
}
