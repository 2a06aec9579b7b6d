import type { Secrets } from '#kernel'
import { canonicalKey, isDistinctive } from '#language'
import type { Json, JsonObject } from './trace'

export interface TombstoneKeys {
  /** Of the text alone; null when it is common property, which is blocked only together with its source. */
  readonly content: Buffer | null
  /** Of the text with its source; null without one. */
  readonly source: Buffer | null
}

/** What a text says as a triple, folded: no wording of it comes back. */
export function tripleKey(secrets: Secrets, triple: Json): Buffer {
  const said = Object.entries((triple ?? {}) as JsonObject).sort(([a], [b]) => (a < b ? -1 : 1))
  return secrets.hash('tombstone', `triple\u0000${JSON.stringify(said.map(([part, value]) => [part, typeof value === 'string' ? canonicalKey(value) : value]))}`)
}

/** Keyed hashes under which a forgotten text is kept away. Forgetting writes them and remembering looks for them: one recipe for both. */
export function tombstoneKeys(secrets: Secrets, content: string, source: Json | undefined): TombstoneKeys {
  const canonical = canonicalKey(content)
  return {
    content: isDistinctive(content) ? secrets.hash('tombstone', canonical) : null,
    source: source === undefined || source === null ? null : secrets.hash('tombstone', `${canonical}\u0000${JSON.stringify(source)}`),
  }
}
