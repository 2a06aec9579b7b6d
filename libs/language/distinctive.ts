import { contentWords } from './terms'

/** A text of fewer content words may be said by anybody, again and again. */
const LEAST_WORDS = 4

/** Whether a text says enough to be known again by its words alone. */
export function isDistinctive(text: string): boolean {
  return contentWords(text).length >= LEAST_WORDS
}
