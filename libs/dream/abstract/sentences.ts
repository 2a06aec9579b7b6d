/** A sentence as it stands in its source. */
export interface Sentence {
  readonly text: string
  /** Id of the trace that says it. */
  readonly source: string
}

const SEGMENTER = new Intl.Segmenter(undefined, { granularity: 'sentence' })
/** What begins in brackets after the end of a sentence ("Look. [a photo of a lake]") is one of its own: Unicode's rules let it hang on. */
const BRACKET = /(?<=[.!?…])\s+(?=\[)/u

/** The sentences of a text by Unicode's rules (UAX 29), verbatim but for the white space around them; a line break ends one. */
export function sentencesOf(text: string): string[] {
  return [...SEGMENTER.segment(text)].flatMap(({ segment }) => segment.split(BRACKET)).map((sentence) => sentence.trim()).filter((sentence) => sentence !== '')
}
