import { compatible } from './compatible'

const SPACE = /\s+/gu
/** Characters that show nothing: zero-width, direction marks, soft hyphen, variation selectors. */
const INVISIBLE = /[\u00ad\u034f\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff]/g
const PUNCTUATION = /^\p{P}$/u
/** Punctuation by Unicode that changes what a word says (C#, 5%, @ana). */
const SIGNS = new Set('%‰#@&§')
const NUMBER_AHEAD = /^[-\u2010-\u2015]*[.,]?\p{N}/u
const ASCII = /^[\x00-\x7f]*$/

/** The text in NFC, trimmed, with every run of white space as one space: two texts that fold alike are duplicates. */
export function fold(text: string): string {
  return text.normalize('NFC').replace(SPACE, ' ').trim()
}

/**
 * The form of a value whose keyed hash recognises it again after it was forgotten: NFKC, lower case, nothing invisible,
 * white space folded, punctuation at the ends of words removed. Digits, signs and decimal points are never changed, so
 * that 5, -5, .5 and 5² stay four values.
 */
export function canonicalKey(text: string): string {
  const clean = compatible(compatible(text.replace(INVISIBLE, '')).toLowerCase()).replace(INVISIBLE, '').replace(SPACE, ' ').trim()
  const words = clean.split(' ')
  const kept = words.map((word, i) => bare(word, words[i + 1])).filter((word) => word !== '')
  // Of punctuation alone nothing would be left, and all such texts would be one.
  return kept.length > 0 ? kept.join(' ') : clean
}

/** Removes accents of Latin and Greek letters and vowel signs of Arabic and Hebrew, for words in lower case. */
export function foldAccents(word: string): string {
  if (ASCII.test(word)) return word
  if (/\p{Script=Cyrillic}/u.test(word)) return word.replace(/ё/g, 'е')
  return word
    .normalize('NFD')
    .replace(/[\u0300-\u036f\u0591-\u05c7\u0640\u064b-\u065f\u0670]/g, '')
    .normalize('NFC')
    .replace(/[ßæœøłđðı]/g, (c) => PLAIN[c]!)
}

const PLAIN: Readonly<Record<string, string>> = {
  ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd', ð: 'd', ı: 'i',
}

function bare(word: string, next: string | undefined): string {
  // A minus that stands apart still belongs to its number; a dash before a word is a bullet.
  if (word === '-' && next !== undefined && /^\p{N}/u.test(next)) return word
  const chars = [...word]
  let start = 0
  let end = chars.length
  while (start < end && removable(chars[start]!) && !NUMBER_AHEAD.test(chars.slice(start, start + 8).join(''))) start++
  while (end > start && removable(chars[end - 1]!) && !grade(chars, end)) end--
  return chars.slice(start, end).join('')
}

function removable(char: string): boolean {
  return PUNCTUATION.test(char) && !SIGNS.has(char)
}

/** A hyphen right after a letter or digit may be a sign: blood group O-, mark B-. */
function grade(chars: readonly string[], end: number): boolean {
  return chars[end - 1] === '-' && /[\p{L}\p{N}]/u.test(chars[end - 2] ?? '')
}
