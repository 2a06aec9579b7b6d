import { marked } from './marks'

const START = '(?<![\\p{L}\\p{N}+]|[\\p{N}][.,:/-])'
const END = '(?![\\p{L}\\p{N}]|[.,:/-]\\p{N})'
const EMAIL = /<?(?:mailto:)?((?<![\p{L}\p{N}.!#$%&'*+/=?^_{|}~-])[\p{L}\p{N}.!#$%&'*+/=?^_{|}~-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,8})>?/gu
/** "ana (at) example (dot) org" */
const SPELT = / ?[[({] ?(at|dot) ?[\])}] ?/g
/** With the code of a country: + or 00, and 7 to 15 digits. */
const ABROAD = new RegExp(`${START}(\\+|00) ?([1-9](?:[ ()./-]{0,3}\\d){6,14})${END}`, 'gu')
/** From within a country: 0 and an area (0170 1234567), or the three parts of North America, but not with spaces alone, which would be three numbers. */
const AT_HOME = new RegExp('(?<![\\p{L}\\p{N}+(]|[\\p{N}][.,:/-])(?:'
  + '\\(?0[1-9]\\d{1,4}\\)?[ /-]{1,3}\\d{2,8}(?:[ -]\\d{2,8}){0,4}'
  + '|\\([2-9]\\d{2}\\) ?\\d{3}[ .-]\\d{4}|[2-9]\\d{2}([.-])\\d{3}\\1\\d{4}'
  + `)${END}`, 'gu')

/** Writes e-mail addresses and phone numbers of a text in plain characters as one form each, marked; a sole point in a number stays a decimal point. */
export function foldContacts(text: string): string {
  const spelt = text.includes('at') ? text.replace(SPELT, (_, word: string) => (word === 'at' ? '@' : '.')) : text
  const mailed = spelt.includes('@') ? spelt.replace(EMAIL, (_, address: string) => marked(address)) : spelt
  if (!/\d/.test(mailed)) return mailed
  return mailed
    .replace(ABROAD, (all, _: string, number: string) => (isDecimal(number) ? all : marked(`+${digits(number.replace(/\(0\)/, ''))}`)))
    .replace(AT_HOME, (all) => (isPhone(digits(all)) ? marked(digits(all)) : all))
}

function digits(text: string): string {
  return text.replace(/\D/g, '')
}

function isDecimal(text: string): boolean {
  return /^\d+\.\d+$/.test(text)
}

function isPhone(number: string): boolean {
  return number.length >= 7 && number.length <= 13
}
