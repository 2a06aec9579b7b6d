import { type JsonObject, SUREST } from '#episodic-memory'
import type { Triple } from '#facts'

/** What one source says of a fact. */
export interface Evidence {
  readonly source: string
  /** Who says so: the key of the name, or of the user. */
  readonly by: string
  /** When it was said. */
  readonly said: Date
  /** From when on it holds, when the source says so. */
  readonly from?: Date
  /** Until when it holds at least. */
  readonly holds: Date
  /** 0..1 */
  readonly confidence: number
  /** Told as a change, not as a state. */
  readonly changed: boolean
}

/** A fact that dreams have made, or are about to. */
export interface Fact {
  readonly id: string
  readonly triple: Triple
  readonly confidence: number
  /** Never empty. */
  readonly evidence: readonly Evidence[]
  readonly validFrom: Date
  /** When it ceased to hold; null: it has not. */
  readonly validUntil: Date | null
}

/** What of evidence is kept beside the edge to its source: instants and numbers. The rest is the source's own. */
export function citationOf({ from, holds, confidence, changed }: Evidence): JsonObject {
  return { ...(from ? { from: from.toISOString() } : {}), holds: holds.toISOString(), confidence, changed }
}

/** Evidence of an edge's citation and its source; of an edge without one, a state told when it was said. */
export function evidenceOf(citation: Readonly<Record<string, unknown>> | null | undefined, source: Pick<Evidence, 'source' | 'by' | 'said'>): Evidence {
  const date = (value: unknown): Date | undefined => (typeof value === 'string' ? new Date(value) : undefined)
  const from = date(citation?.from)
  return {
    ...source, ...(from ? { from } : {}), holds: date(citation?.holds) ?? source.said,
    confidence: typeof citation?.confidence === 'number' ? citation.confidence : 0.5, changed: citation?.changed === true,
  }
}

/** How sure a fact is that several say, each alone so sure: at least one is right (noisy or). Six decimals, so that it is stored as it is. */
export function combined(evidence: readonly Pick<Evidence, 'confidence'>[]): number {
  const wrong = evidence.reduce((product, one) => product * (1 - one.confidence), 1)
  return Math.round(Math.min(SUREST, 1 - wrong) * 1e6) / 1e6
}

/** From when on a fact holds: as early as anyone says. */
export function startOf(evidence: readonly Evidence[]): Date {
  return earliest(evidence.map((one) => one.from ?? (one.holds < one.said ? one.holds : one.said)))
}

export function earliest(dates: readonly Date[]): Date {
  return dates.reduce((a, b) => (b < a ? b : a))
}

/** The evidence that holds longest; of several the one said last. */
export function latestOf(evidence: readonly Evidence[]): Evidence {
  return evidence.reduce((a, b) => (b.holds > a.holds || (+b.holds === +a.holds && b.said > a.said) ? b : a))
}
