/** Languages whose words are stemmed. */
export type Language = 'en' | 'de' | 'fr' | 'es' | 'pt' | 'it' | 'nl' | 'ru'

/** An entity named in a text. `name` is canonical: trimmed, as written most fully; `key` folds case and accents for comparison. */
export interface Entity {
  readonly name: string
  readonly key: string
  readonly type: 'person' | 'place' | 'organization' | 'other'
}
