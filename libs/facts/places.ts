import { nameAt, phraseAt } from './phrases'
import { isWorkplace } from './vocabulary'
import type { Word } from './word'

/** The name of a place or a firm that begins at `at`; undefined when none is named. */
export function placeName(words: readonly Word[], at: number): string | undefined {
  const name = nameAt(words, at)
  if (name === undefined || /(?:'s|\d)$/.test(name.text) || name.words.some((word) => word.tags.has('Month') || word.tags.has('WeekDay'))) return undefined
  return name.text
}

/** Where somebody works: what has a name, or a bakery. */
export function workplace(words: readonly Word[], at: number): string | undefined {
  const name = placeName(words, at)
  if (name !== undefined) return name
  const phrase = phraseAt(words, at)
  return phrase !== undefined && /^(?:a|an|the|our|)$/.test(phrase.determiner) && isWorkplace(phrase.text) ? phrase.text : undefined
}

/** Firms that anybody knows, and names with a firm's words. */
const EMPLOYER = new RegExp([
  '^(?:google|microsoft|apple|amazon|meta|facebook|netflix|ibm|intel|oracle|sap|siemens|nokia|samsung|sony|tesla|spotify|uber|airbnb|twitter|nvidia)$',
  '^(?:adobe|salesforce|deloitte|accenture|kpmg|mckinsey|bosch)$',
  '\\b(?:inc|corp|ltd|gmbh|llc|labs?|bank|university|hospital|group|studios?)\\.?$',
].join('|'), 'i')

export function isEmployer(name: string): boolean {
  return EMPLOYER.test(name)
}
