import { groups } from '#kernel'
import { contentWords, fold } from '#language'
import type { DerivedEdge } from '../change'
import type { DayTrace } from '../phase'

/** A text of fewer content words may be said again and again without being the same thing said twice. */
const FEWEST_WORDS = 4

/** An episode with a text of the day. */
export interface Same {
  readonly id: string
  readonly speaker: string | null
  /** The text, folded. */
  readonly folded: string
  readonly occurredAt: Date
}

/** Whether a text is long enough to be recognised. */
export function isTelling(content: string): boolean {
  return contentWords(content).length >= FEWEST_WORDS
}

/** From each repetition to the oldest that says the same, by the same speaker, where one of both is of the day: both are kept. Pure. */
export function duplicates(traces: readonly DayTrace[], others: readonly Same[]): DerivedEdge[] {
  const day = new Set(traces.map((t) => t.id))
  const own = traces.filter((t) => isTelling(t.content)).map(({ id, speaker, content, occurredAt }) => ({ id, speaker, folded: fold(content), occurredAt }))
  return [...groups([...others, ...own], ({ speaker, folded }) => JSON.stringify([speaker, folded])).values()].flatMap((same) => {
    const [oldest, ...later] = same.sort((a, b) => +a.occurredAt - +b.occurredAt || (a.id < b.id ? -1 : 1))
    return later.filter(({ id }) => day.has(id) || day.has(oldest!.id)).map(({ id }): DerivedEdge => ({ src: id, dst: oldest!.id, type: 'duplicate_of', weight: 1 }))
  })
}
