import { entities, type Sought, soughtTerms, words } from '#language'

/** A question as the legs need it. */
export interface Question {
  /** Distinct terms of the words over all lines. */
  readonly terms: readonly Sought[]
  /** Words as written, lower case: a speaker named among them is meant. */
  readonly words: readonly string[]
  /** Keys of the entities named. */
  readonly entityKeys: readonly string[]
  readonly names: string
  /** What is embedded: one text a line of a dialogue. */
  readonly lines: readonly string[]
}

const LABEL = /^[\p{L}][\p{L}\p{M} .'-]{0,39}:\s+/u
const ASSISTANT = /^(assistant|ai|bot)\s*:/iu
/** Lines that are embedded; a longer dialogue is asked by its last ones. */
const MAX_LINES = 16

/**
 * Reads a question. A dialogue of several lines is asked by what the people in it say, line by line (one vector for the whole
 * lost 3 to 7 points on dev).
 */
export function readQuestion(query: string): Question {
  const lines = query.split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== '')
  const spoken = lines.length > 1 ? lines.filter((line) => !ASSISTANT.test(line)).map((line) => line.replace(LABEL, '')) : lines
  const asked = (spoken.length > 0 ? spoken : lines).filter((line) => line !== '').slice(-MAX_LINES)
  const named = entities(query)
  return {
    terms: soughtTerms(query),
    words: [...new Set(words(query))],
    entityKeys: named.map((entity) => entity.key),
    names: named.map((entity) => entity.name).join(', '),
    lines: asked.length > 0 ? asked : [query],
  }
}

/** Whether a question holds nothing to search by: stop words or signs alone. Their vector is near to everything and tells nothing. */
export function isBare(question: Question): boolean {
  return question.terms.length === 0
}

/** The mean direction of several unit vectors. */
export function meanDirection(vectors: readonly Float32Array[]): Float32Array {
  const sum = new Float32Array(vectors[0]!.length)
  for (const v of vectors) for (let i = 0; i < v.length; i++) sum[i] = sum[i]! + v[i]!
  const length = Math.hypot(...sum) || 1
  return sum.map((x) => x / length)
}
