import { asksFor, entities, type Sought, soughtTerms, words } from '#language'

/** A question as the legs need it. */
export interface Question {
  /** Distinct terms of the words over all lines. */
  readonly terms: readonly Sought[]
  /** Words as written, lower case: a speaker named among them is meant. */
  readonly words: readonly string[]
  /** Keys of the entities named. */
  readonly entityKeys: readonly string[]
  readonly names: string
  /** What is embedded: one text a line of a dialogue, without the names of people. */
  readonly lines: readonly string[]
  /** Several lines: what people in it say of today or ask each other is not asked of the memory. */
  readonly dialogue: boolean
  /** The kind of answer that it asks for: a bit of ANSWERS, or 0. */
  readonly asks: number
}

const LABEL = /^[\p{L}][\p{L}\p{M} .'-]{0,39}:\s+/u
const ASSISTANT = /^(assistant|ai|bot)\s*:/iu
/** Lines that are embedded; a longer dialogue is asked by its last ones. */
const MAX_LINES = 16

/**
 * Reads a question. A dialogue of several lines is asked by what the people in it say, line by line (one vector for the whole
 * lost 3 to 7 points on dev). Names of people are left out of what is embedded: they draw a vector to whoever is greeted by them, and are
 * matched as words and as speakers.
 */
export function readQuestion(query: string): Question {
  const said = query.split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== '')
  const spoken = said.length > 1 ? said.filter((line) => !ASSISTANT.test(line)).map((line) => line.replace(LABEL, '')) : said
  const asked = (spoken.length > 0 ? spoken : said).filter((line) => line !== '').slice(-MAX_LINES)
  const named = entities(query)
  const sought = soughtTerms(query)
  const people = new Set(named.filter((entity) => entity.type === 'person').flatMap((entity) => words(entity.name)))
  return {
    terms: sought,
    words: [...new Set(words(query))],
    entityKeys: named.map((entity) => entity.key),
    names: named.map((entity) => entity.name).join(', '),
    lines: (asked.length > 0 ? asked : [query]).map((line) => withoutPeople(line, people)),
    dialogue: said.length > 1,
    asks: said.length > 1 || sought.length === 0 ? 0 : asksFor(query),
  }
}

/** The line without these words and what marks their possession; as it is when nothing would be left to search by. */
function withoutPeople(line: string, people: ReadonlySet<string>): string {
  const rest = line.replace(/[\p{L}\p{N}\p{M}]+(?:['’]s(?![\p{L}\p{N}]))?/gu, (word) => people.has(words(word)[0] ?? '') ? '' : word).replace(/\s+/g, ' ').trim()
  return soughtTerms(rest).length === 0 ? line : rest
}

/** Whether a question holds nothing to search by: stop words or signs alone. Their vector is near to everything and tells nothing. */
export function isBare(question: Question): boolean {
  return question.terms.length === 0
}
