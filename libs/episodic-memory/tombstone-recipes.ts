import { keyedHash } from '#kernel'
import { canonicalKey, imprint, isDistinctive } from '#language'
import type { Json, JsonObject, Kind } from './trace'

/** A memory that somebody wants stored. */
export interface Arrival {
  readonly content: string
  readonly source?: Json
  /** Of a fact: it is known by this, however it is worded. */
  readonly triple?: Json
  readonly kind?: Kind
  readonly speaker?: string | null
  readonly metadata?: JsonObject
}

/** What of a forgotten memory a tombstone may keep away: its text; its text from its source; what it says, in any words. */
export const HOLDS = ['text', 'source', 'knowledge'] as const
export type Hold = (typeof HOLDS)[number]

/** What of one memory is hashed, folded; each null where there is nothing. */
export type Imprints = Readonly<Record<Hold, string | null>>
/** Keyed hashes of these. */
export type Hashes = Readonly<Record<Hold, Buffer | null>>

interface Recipe {
  /** Stands in `key_version` of every tombstone that was made by it. */
  readonly number: number
  /** Whatever the key: a text is folded once for all of them. */
  imprints(arrival: Arrival): Imprints
}

/** How a memory is hashed. A new way is a new recipe at the front: it makes the tombstones from then on, and all of them recognise. */
export const RECIPES: readonly [Recipe, ...Recipe[]] = [
  {
    number: 2,
    imprints: (arrival: Arrival): Imprints => {
      const knowledge = knowledgeIn(arrival)
      const text = imprint(arrival.content)
      const joined = (...parts: string[]): string => ['2', ...parts].join('\u0000')
      return {
        text: joined('text', text),
        source: isNothing(arrival.source) ? null : joined('source', text, ordered(arrival.source)),
        knowledge: knowledge && joined('knowledge', ...knowledge.map(imprint)),
      }
    },
  },
  {
    number: 1,
    imprints: ({ content, source, triple }: Arrival): Imprints => {
      if (!isNothing(triple)) {
        const said = Object.entries(triple as Record<string, Json>).sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([part, value]) => [part, typeof value === 'string' ? canonicalKey(value) : value])
        return { text: `triple\u0000${JSON.stringify(said)}`, source: null, knowledge: null }
      }
      const text = canonicalKey(content)
      return { text, source: isNothing(source) ? null : `${text}\u0000${JSON.stringify(source)}`, knowledge: null }
    },
  },
]

export function hashesOf(key: Buffer, imprints: Imprints): Hashes {
  const hash = (imprint: string | null): Buffer | null => (imprint === null ? null : keyedHash(key, imprint))
  return { text: hash(imprints.text), source: hash(imprints.source), knowledge: hash(imprints.knowledge) }
}

/** Which hashes a memory is known by: a fact by what it says alone, a short text only together with its source. */
export function holdsOf(arrival: Arrival): Hold[] {
  if (!isNothing(arrival.triple)) return ['knowledge']
  const held = { text: isDistinctive(arrival.content), source: !isNothing(arrival.source), knowledge: knowledgeIn(arrival) !== null }
  return HOLDS.filter((hold) => held[hold])
}

/**
 * What a derived memory says, apart from its words: the triple of a fact, the matter and mind of a preference that a dream found, the identity of a
 * pattern of one. Null for whatever is known by its text alone.
 */
function knowledgeIn({ triple, kind, speaker, metadata }: Arrival): string[] | null {
  if (!isNothing(triple)) {
    const { subject, predicate, object, negated } = triple as Record<string, Json>
    return ['fact', ...[subject, predicate, object].map(String), String(negated === true)]
  }
  // What a caller wrote may look like a dream's, and lack a part.
  const { origin, key, value = null, mind = null, identity } = (metadata ?? {}) as Record<string, Json>
  if (origin !== 'dream') return null
  if (kind === 'preference' && typeof key === 'string') return ['preference', speaker ?? '', key, mind === 'is' ? JSON.stringify(value) : JSON.stringify(mind)]
  return kind === 'pattern' && typeof identity === 'string' ? ['pattern', identity] : null
}

function isNothing(value: Json | undefined): value is null | undefined {
  return value === undefined || value === null
}

/** As JSON with the keys of each object in order: whoever reads it from the store gets them in another than the caller gave. */
function ordered(value: Json): string {
  return JSON.stringify(value, (_, part: Json) => (part !== null && typeof part === 'object' && !Array.isArray(part)
    ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part))
}
