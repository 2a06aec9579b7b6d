/** Features of a message that its salience is made of. */
export interface SalienceFeatures {
  /** "ok", "thanks", "hm": says nothing of its own. */
  readonly filler: boolean
  /** Number of its words without stop words. */
  readonly words: number
  readonly entities: number
  readonly hasNumber: boolean
  readonly isQuestion: boolean
  /** Said by the assistant, not by a person. */
  readonly byAssistant: boolean
}

export interface Salience {
  /** 0..1 */
  readonly value: number
  /** What made it so, for people. */
  readonly reason: string
}

const FILLER = 0.1

/**
 * How much a message matters, without a model: filler is .1; anything else begins at .45 and gains for what people later ask
 * about (names, numbers, detail), loses a little as a question or as the assistant's words. A person's real utterance
 * stays above the default threshold of .35 whatever it lacks.
 */
export function salienceOf(f: SalienceFeatures): Salience {
  if (f.filler) return { value: FILLER, reason: 'filler: says nothing of its own' }
  const parts: [string, number][] = [['an utterance', 0.45]]
  if (f.entities > 0) parts.push(['names', Math.min(0.15, 0.05 + 0.05 * f.entities)])
  if (f.hasNumber) parts.push(['numbers', 0.05])
  if (f.words > 0) parts.push(['detail', Math.min(0.2, 0.02 * f.words)])
  if (f.isQuestion) parts.push(['a question', -0.05])
  if (f.byAssistant) parts.push(['said by the assistant', -0.03])
  const value = Math.min(1, Math.max(0, parts.reduce((sum, [, part]) => sum + part, 0)))
  return { value: Math.round(value * 1000) / 1000, reason: parts.map(([name]) => name).join(', ') }
}
