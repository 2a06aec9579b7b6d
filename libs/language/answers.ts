import type { Entity, Language } from './language'
import { words } from './terms'
import { languageOfTimes, vocabulary } from './time-words'

/** Kinds of answer, as bits of one number: a question asks for one of them, a text tells of any. */
export const ANSWERS = { time: 1, number: 2, place: 4 } as const
type Kind = keyof typeof ANSWERS
const KINDS: readonly Kind[] = ['time', 'number', 'place']

/** How a question for each kind begins. */
const ASKS: Readonly<Record<Language, Readonly<Record<Kind, RegExp>>>> = {
  en: {
    time: /^(?:since |until )?(?:when|how long|(?:in |on )?(?:what|which) (?:dates?|days?|months?|years?))\b/,
    number: /^how (?:many|much|old|often|far|tall|big)\b/,
    place: /^(?:where|(?:in |to |from )?(?:what|which) (?:city|cities|town|towns|country|countries|states?|places?))\b/,
  },
  de: {
    time: /^(?:(?:seit |bis )?wann|wie lange|(?:an|in) welchem (?:tag|monat|jahr))\b/,
    number: /^wie ?(?:viele?|alt|oft|weit|hoch|groß)\b/,
    place: /^(?:wo|woher|wohin|in welche[rmn] (?:stadt|land|ort|dorf))\b/,
  },
  fr: {
    time: /^(?:(?:depuis )?quand|combien de temps|(?:en |à )?quelles? (?:année|date|jour|mois))/,
    number: /^(?:combien|quel âge)/,
    place: /^d?où|^dans quelle (?:ville|région)|^dans quel pays/,
  },
  es: {
    time: /^(?:(?:desde )?cuándo|cuánto tiempo|(?:en )?qué (?:año|mes|día|fecha))/,
    number: /^cuánt[oa]s?/,
    place: /^(?:a|de )?dónde|^en qué (?:ciudad|país|lugar)/,
  },
  pt: {
    time: /^(?:(?:desde )?quando|quanto tempo|(?:em )?que (?:ano|mês|dia|data))/,
    number: /^quant[oa]s?\b/,
    place: /^(?:a|de )?onde\b|^em que (?:cidade|país|lugar)/,
  },
  it: {
    time: /^(?:(?:da )?quando|quanto tempo|(?:in )?(?:che|quale) (?:anno|mese|giorno|data))/,
    number: /^quant[oaie]\b/,
    place: /^(?:di |da )?dove\b|^in (?:che|quale) (?:città|paese|posto)/,
  },
  nl: {
    time: /^(?:(?:sinds )?wanneer|hoe ?lang|(?:in |op )?welke? (?:jaar|maand|dag|datum))\b/,
    number: /^hoe(?:veel| oud| vaak| ver| groot)\b/,
    place: /^(?:waar|waarheen|waarvandaan|in welke? (?:stad|land|plaats))\b/,
  },
  ru: {
    time: /^(?:когда|с каких пор|как долго|в как(?:ом|ой) (?:году|месяце|день))/,
    number: /^(?:сколько|как часто)/,
    place: /^(?:где|куда|откуда|в как(?:ом|ой) (?:городе|стране|месте))/,
  },
}

const YEAR = /^(?:19|20)\d\d$/

/** What kind of answer a question wants, as a bit of ANSWERS; 0 when its beginning does not tell. In eight languages. */
export function asksFor(question: string): number {
  const said = words(question)
  const start = said.slice(0, 6).join(' ')
  const asks = ASKS[languageOfTimes(question, said)]
  const kind = KINDS.find((one) => asks[one].test(start))
  return kind === undefined ? 0 : ANSWERS[kind]
}

/**
 * Which kinds of answer a text tells of, as bits of ANSWERS.
 * @param named the entities in it
 */
export function tellsOf(text: string, named: readonly Entity[]): number {
  const said = words(text)
  const { times, numbers } = vocabulary(languageOfTimes(text, said))
  let bits = 0
  if (named.some((entity) => entity.type === 'place')) bits |= ANSWERS.place
  if (/\p{N}/u.test(text) || said.some((word) => numbers.has(word))) bits |= ANSWERS.number
  if (said.some((word) => times.has(word) || YEAR.test(word))) bits |= ANSWERS.time
  return bits
}
