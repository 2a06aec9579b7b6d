import { sentencesOf } from '../abstract/sentences'
import { isPerson } from '../speakers'

/** Something that a person said of themselves or of the world: no question, no wish, no guess, nobody else's words. */
export interface Statement {
  readonly text: string
  /** Id of the trace that says it. */
  readonly source: string
  /** Who says it; null when nobody is named. */
  readonly holder: string | null
  readonly at: Date
}

/** A trace as statements are read from it. */
export interface Said {
  readonly id: string
  readonly content: string
  readonly role: string
  readonly speaker: string | null
  readonly occurredAt: Date
}

const QUOTED = /"[^"]{0,400}"|“[^”]{0,400}”|„[^“”]{0,400}[“”]|«[^»]{0,400}»|(?<=^|[\s(])['‘][^'’]{1,200}['’](?=$|[\s,.;:!?)])/gu
const CODE = /(?:```|~~~)[\s\S]*?(?:```|~~~|$)|`[^`\n]{1,300}`/gu
/** Lines of others in a forwarded text, and items of a list, which lack their sentence. */
const FOREIGN_LINE = /^\s*(?:>|\||[-*•] |\d+[.)] ).*$/gmu
const UNSURE = new RegExp([
  /\b(?:if|unless|whether|maybe|perhaps|might|could|would|wish|imagine|suppose|supposedly|pretend|what if|as though|hypothetically|let's say|kidding|joking|not sure)\b/u,
  /\b(?:wenn|falls|vielleicht|würde|könnte|peut-être|si j'|si je|quizás|tal vez|talvez|forse|misschien|als ik|если|может быть|бы)(?![\p{L}])/u,
].map((one) => one.source).join('|'), 'iu')
const REPORTED = /\b(?:said|says|told|tells|asked|asks|claims?|claimed|thinks?|thought|according to|wrote|writes|sagte|sagt|dit que|dijo|disse|ha detto|zei)\b/iu

/** Longest text whose statements are read, in characters: people do not tell of themselves in the tail of a document. */
const LONGEST = 8_000

/** Where the question begins in "I prefer trains, so can you find one?" */
const TURN = /[,;:—–] ?(?=(?:and |so |but |then )*(?:can|could|would|will|do|does|did|is|are|was|how|what|which|when|where|why|who|should|shall|may|have|any|right|isn't|aren't|don't|haven't|huh|eh|mind)\b)/iu

/** What of a sentence is stated: a question states what stands before it. */
function stated(sentence: string): string {
  if (!/[?？][\s"'”’)]*$/u.test(sentence)) return sentence
  const turn = TURN.exec(sentence)
  return turn ? `${sentence.slice(0, turn.index)}.` : ''
}

/** What a trace states, sentence by sentence. Pure. */
export function statementsOf({ id, content, role, speaker, occurredAt }: Said): Statement[] {
  if (!isPerson(role)) return []
  const own = content.slice(0, LONGEST).replace(CODE, ' … ').replace(FOREIGN_LINE, '')
  return sentencesOf(own).flatMap((sentence) => {
    const text = stated(sentence.replace(/[’‘]/g, "'").replace(/\s+/gu, ' ').trim())
    if (text === '' || /^\[/.test(text) || UNSURE.test(text)) return []
    // What stands in quotation marks somebody else said, or nobody.
    const unquoted = text.replace(QUOTED, '…')
    return REPORTED.test(unquoted) ? [] : [{ text: unquoted, source: id, holder: speaker?.trim() || null, at: occurredAt }]
  })
}
