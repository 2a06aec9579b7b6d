import { compatible } from '../compatible'
import { latinLetters } from './look-alikes'

/** What shows nothing: zero-width and direction marks, soft hyphens, variation selectors, tags, controls that are no white space. */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb]|(?![\t-\r\u0085])\p{Cc}/gu
const SPACE = /[\s\u0085]+/gu
const DASHES = /[\p{Pd}\u2212\u207b\u02d7]/gu
const APOSTROPHES = /[`´‘’‛ʼʹˈ＇]/gu
const DIGIT = /(?![0-9])\p{Nd}/gu
const SOME_DIGIT = /^\p{Nd}$/u
const ASCII = /^[\x20-\x7e]*$/

/** The text in the plainest characters that show the same: small Latin letters where some look like them, 0 to 9, - for every dash, one space for any. */
export function plainCharacters(text: string): string {
  if (ASCII.test(text)) return small(text.replace(APOSTROPHES, '\'')).replace(SPACE, ' ').trim()
  const shown = compatible(text.replace(INVISIBLE, '').replace(APOSTROPHES, '\''))
  // Again, for capitals that come apart (İ) and letters that have one only then (ß).
  const letters = latinLetters(compatible(small(shown)).replace(INVISIBLE, '').replace(/i\u0307/g, 'i').replace(/ς/g, 'σ'))
  return letters.replace(DIGIT, asciiDigit).replace(/٫/g, '.').replace(/٬/g, ',').replace(DASHES, '-').replace(SPACE, ' ').trim()
}

/** Through the capitals, which some letters share: ß and SS, ı and i, ς and σ. */
function small(text: string): string {
  return text.toUpperCase().toLowerCase()
}

/** Digits of a script stand ten in a row. */
function asciiDigit(digit: string): string {
  let value = 0
  for (let code = digit.codePointAt(0)! - 1; SOME_DIGIT.test(String.fromCodePoint(code)); code--) value++
  return String(value % 10)
}
