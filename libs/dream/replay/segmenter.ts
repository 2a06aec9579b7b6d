import { Injectable } from '@nestjs/common'
import { VectorReader } from '#episodic-memory'
import type { User, Vector } from '#kernel'
import type { DayTrace } from '../phase'
import { borders } from './segment'

/** What happened on a day, in its episodes. */
export interface SegmentedDay {
  readonly episodes: readonly (readonly DayTrace[])[]
  /** Unit vectors of what was said, by id. */
  readonly vectors: ReadonlyMap<string, Vector>
}

/** Splits a day into episodes. Sessions that go on side by side are told apart first; single memories count as one session. */
@Injectable()
export class Segmenter {
  constructor(private readonly vectors: VectorReader) {}

  /** @param traces in their order */
  async segment(user: User, traces: readonly DayTrace[]): Promise<SegmentedDay> {
    const vectors = await this.vectors.of(user, traces.map((t) => t.id))
    const sessions = new Map<string | null, DayTrace[]>()
    for (const trace of traces) {
      const turns = sessions.get(trace.sessionId)
      if (turns) turns.push(trace)
      else sessions.set(trace.sessionId, [trace])
    }
    const episodes: (readonly DayTrace[])[] = []
    for (const turns of sessions.values()) {
      const starts = [0, ...await borders(turns.map((t) => ({ at: t.occurredAt, vector: vectors.get(t.id) })))]
      episodes.push(...starts.map((from, i) => turns.slice(from, starts[i + 1] ?? turns.length)))
    }
    return { episodes: episodes.sort(([a], [b]) => a!.occurredAt.getTime() - b!.occurredAt.getTime()), vectors }
  }
}
