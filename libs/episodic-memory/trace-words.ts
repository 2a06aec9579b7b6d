import { dateTerms, type Entity, entities, tellsOf, termCounts, terms, wordCount } from '#language'
import type { NewTrace } from './trace.writer'

/**
 * The words that a trace is found by: its own, with the speaker's name and the day on which it happened, where the user is; and the kinds of
 * answer they tell of. Everybody who writes traces takes them from here, so that one that was moved to another store is found as before.
 * @param named who and what the text names, where that is known already
 */
export function traceWords(
  content: string, speaker: string | null, occurredAt: Date, timeZone: string, named: readonly Entity[] = entities(content),
): Pick<NewTrace, 'terms' | 'words' | 'tells'> {
  return {
    words: wordCount(content),
    terms: termCounts(terms(content), [...(speaker === null ? [] : terms(speaker)), ...dateTerms(occurredAt, timeZone)]),
    tells: tellsOf(content, named),
  }
}
