import { AMBIGUOUS, NEVER, ORGANIZATION_WORDS, PLACE_WORDS } from './entity-words'
import type { Entity } from './language'
import { foldAccents } from './fold'
import { isMoreName, knownRussian } from './given-names'
import { tagsOf } from './lexicon'
import { STOP_WORDS } from './stop-words'

/** What a dictionary knows of a word: a kind of name, an ordinary word (`common`), a people or tongue (`demonym`). */
export type Known = 'first' | 'last' | 'place' | 'organization' | 'demonym' | 'function' | 'common'

const FUNCTION_TAGS = new RegExp([
  'Adverb', 'Conjunction', 'Pronoun', 'Modal', 'Determiner', 'Preposition', 'Question', 'Copula', 'PastTense', 'Gerund',
  'Expression', 'Comparative', 'Superlative', 'Negative', 'Possessive', 'Condition', 'Date', 'Duration', 'Month',
  'WeekDay', 'Honorific', 'Unit', 'Emoticon', 'Cardinal', 'Ordinal',
].join('|'))
/** Words the dictionary calls places that no place is called by itself. */
const CYRILLIC = /\p{Script=Cyrillic}/u
const NOT_PLACES = /^(?:downtown|uptown|midtown|overseas|abroad|upstate|east|west|north|south|.*(?:coast|side))$/

/** Looks a word, or words joined by spaces, up in lower case; the dictionary has names without their accents. */
export function known(words: string): Known | undefined {
  if (NEVER.has(words) || STOP_WORDS.en.has(words)) return 'function'
  if (CYRILLIC.test(words)) return knownRussian(words)
  const tags = tagsOf(words)
  if (tags !== undefined) return kindOf(words, tags)
  const plain = foldAccents(words)
  if (isMoreName(plain)) return 'first'
  const plainTags = tagsOf(plain)
  const kind = plainTags === undefined ? undefined : kindOf(plain, plainTags)
  return kind === 'common' || kind === 'function' ? undefined : kind
}

function kindOf(words: string, tags: string): Known {
  if (/FirstName|MaleName|FemaleName|Person/.test(tags)) return 'first'
  if (/LastName/.test(tags)) return 'last'
  if (/Demonym/.test(tags)) return 'demonym'
  if (/City|Country|Region|Place/.test(tags)) return NOT_PLACES.test(words) || /Abbreviation/.test(tags) ? 'common' : 'place'
  if (/Organization|SportsTeam/.test(tags)) return /Abbreviation/.test(tags) ? 'common' : 'organization'
  return FUNCTION_TAGS.test(tags) ? 'function' : 'common'
}

/** Whether a word is a name by the dictionary and hardly anything else. */
export function plainName(word: string): boolean {
  const kind = known(word)
  return (kind === 'first' || kind === 'last' || kind === 'place' || kind === 'organization') && !AMBIGUOUS.has(word)
}

/** Whether a word the dictionary lacks has the form of a common English word. */
export function looksCommon(word: string): boolean {
  return /(?:ing|ly|tions?|ness|ments?|ies|ful|ous|able|ible|ity|ery|ship|ism|ists?|ers|als?|less|ward|ways|wise|ures?|ances?|ences?|graphy|ology|ed|ness|hood|ates|ics?|ive|dom)$/.test(word)
}

/** The type of a name by its words and by the word before it. */
export function typeOf(words: readonly string[], titled: boolean, before: 'place' | 'person' | undefined): Entity['type'] {
  if (titled) return 'person'
  const whole = known(words.join(' '))
  if (whole === 'place') return 'place'
  if (whole === 'organization') return 'organization'
  const first = words[0]!
  const last = words[words.length - 1]!
  if (ORGANIZATION_WORDS.has(last) || ORGANIZATION_WORDS.has(first)) return 'organization'
  if (words.length > 1 && (PLACE_WORDS.has(last) || PLACE_WORDS.has(first))) return 'place'
  if (known(first) === 'first' && words.length <= 4) return 'person'
  if (words.length === 2 && known(last) === 'last') return 'person'
  if (words.length > 2 && /^(?:van|von|bin|ibn)$/.test(words[1]!) && !before) return 'person'
  if (whole === 'last') return 'person'
  return before ?? 'other'
}
