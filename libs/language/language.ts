/** Languages whose words are stemmed. */
export type Language = 'en' | 'de' | 'fr' | 'es' | 'pt' | 'it' | 'nl' | 'ru'

/** An entity named in a text. `name` is canonical: trimmed, as written most fully; `key` folds case and accents for comparison. */
export interface Entity {
  readonly name: string
  readonly key: string
  readonly type: 'person' | 'place' | 'organization' | 'other'
}

/** What one word of a text is found by. */
export interface Found {
  /** Terms for the whole word, the most telling first; any of them means it. */
  readonly own: readonly string[]
  /** Terms for parts of it: the words of a compound, single characters. */
  readonly parts: readonly string[]
}
