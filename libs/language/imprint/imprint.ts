import { detect } from '../detect'
import { plainCharacters } from './characters'
import { foldContacts } from './contact-forms'
import { foldDays } from './day-forms'
import { splitMarked } from './marks'

/**
 * What counts of a text, one after the other: a number with its sign (a dash before it is one, whatever it was meant for) and everything that stands
 * between its digits; letters; a mark between two of either (example.org, and/or, 3.b); the sign of a grade (B-, AB-, 5-); what is no punctuation, or
 * changes what a word says (C#, 5%, @ana). All other punctuation is left out.
 */
const PARTS = new RegExp([
  '(?<number>(?:- ?(?=\\p{Sc}?[.,]?\\p{N}))?[.,]?\\p{N}+(?:[^\\p{L}\\p{M}\\p{N}\\s]\\p{N}+)*(?:e[-+]?\\d+(?![\\p{L}\\p{N}]))?)',
  '(?<debt>- ?(?=\\p{Sc}[.,]?\\p{N}))',
  '(?<letters>[\\p{L}\\p{M}]+)',
  '(?<inner>(?<=[\\p{L}\\p{M}\\p{N}])[.:/\\\\@_](?=[\\p{L}\\p{M}\\p{N}]))',
  '(?<grade>(?<=(?<![\\p{L}\\p{M}\\p{N}])(?:[a-z]|ab)|\\p{N})-(?![\\p{L}\\p{M}\\p{N}]))',
  '(?<sign>[%‰#@&§\\p{S}])',
].join('|'), 'gu')

const THOUSANDS_BY_COMMA = /^\d{1,3}(?:(?:,\d{3}){2,}(?:\.\d+)?|,\d{3}\.\d+)$/
const THOUSANDS_BY_POINT = /^\d{1,3}(?:(?:\.\d{3}){2,}(?:,\d+)?|\.\d{3},\d+)$/
const THOUSANDS_BY_APOSTROPHE = /^\d{1,3}(?:'\d{3})+(?:\.\d+)?$/
const ONE_COMMA = /^\d{1,3},\d{3}$/

/**
 * The form of a text by which it is recognised after it was forgotten. Alike become: capitals and small letters, look-alikes of other scripts, white
 * space and word breaks of any kind, invisible characters, punctuation, digits of any script, thousands (1,000,000 and 1.000.000; 1,000 in an English
 * text), days (`foldDays`), e-mail addresses and phone numbers (`foldContacts`). Never alike: two numbers, a number and its negative, a decimal point
 * and none. A number stands between spaces, letters stand without any. Linear in the length of the text.
 */
export function imprint(text: string): string {
  const plain = plainCharacters(text)
  let english: boolean | undefined
  const isEnglish = (): boolean => (english ??= speaksEnglish(plain))
  let out = ''
  let inWord = false
  const add = (part: string, isWord: boolean): void => {
    out += isWord && inWord ? part : ` ${part}`
    inWord = isWord
  }
  splitMarked(foldDays(foldContacts(plain))).forEach((piece, i) => {
    if (i % 2) return add(piece, false)
    for (const { 0: part, groups } of piece.matchAll(PARTS)) {
      if (groups!.number === undefined) add(part.trim(), groups!.letters !== undefined)
      else add(numberForm(part.replace(' ', ''), isEnglish), false)
    }
  })
  // Of punctuation alone nothing would be left, and all such texts would be one.
  return out === '' ? plain : out.slice(1)
}

/** A number without its separators of thousands, and with a decimal point, where only one reading is possible. */
function numberForm(number: string, isEnglish: () => boolean): string {
  const sign = number.startsWith('-') ? '-' : ''
  const value = number.slice(sign.length)
  if (THOUSANDS_BY_COMMA.test(value) || (ONE_COMMA.test(value) && isEnglish())) return sign + value.replaceAll(',', '')
  if (THOUSANDS_BY_POINT.test(value)) return sign + value.replaceAll('.', '').replace(',', '.')
  return sign + (THOUSANDS_BY_APOSTROPHE.test(value) ? value.replaceAll('\'', '') : value)
}

function speaksEnglish(plain: string): boolean {
  const { language, sure } = detect(plain.split(/[^\p{L}']+/u))
  return language === 'en' && sure
}
