/**
 * Small letters of other scripts that look like Latin ones, in small or in capitals, after Unicode's confusables (UTS 39), by the Latin letter.
 * One table for both cases, so that a Cyrillic or Greek word is the same in either. Where the two look like different letters (ν is v, Ν is N) the
 * small one counts. Digits are never taken for letters, nor letters of one script for each other (I, l and 1 stay three).
 */
const LOOK_ALIKES: Readonly<Record<string, string>> = {
  a: 'аαɑ', b: 'вβьᏼ', c: 'сϲᴄ', d: 'ԁ', e: 'еεєҽ', f: 'ϝ', g: 'ɡցԍ', h: 'һнηհ', i: 'іιɩⲓꙇ', j: 'јϳ', k: 'кκ', l: 'ӏ', m: 'мμ', n: 'ո',
  o: 'оοօᴏ', p: 'рρ', q: 'ԛգ', s: 'ѕꜱ', t: 'тτ', u: 'υսᴜ', v: 'νѵᴠ', w: 'ԝաᴡ', x: 'хχ', y: 'уγүү', z: 'ζᴢ',
}

const LATIN = new Map(Object.entries(LOOK_ALIKES).flatMap(([latin, others]) => [...others].map((other): [string, string] => [other, latin])))
const ANY = new RegExp(`[${[...LATIN.keys()].join('')}]`, 'gu')

/** A text in small letters, with Latin ones in the place of those that look alike. */
export function latinLetters(text: string): string {
  return text.replace(ANY, (letter) => LATIN.get(letter)!)
}
