import { Injectable } from '@nestjs/common'
import type { Change } from '../change'
import { type DayTrace, type Dream, DreamPhase, type PhasePlan } from '../phase'
import { DayReader, type Reading } from '../reading/reader'
import { Vocabulary } from '../vocabulary'
import type { Background } from './extract'
import { type Line, linesOfDay, linesOfEpisode } from './lines'
import { type StoredSummary, SummaryReader } from './summary.reader'

interface Read {
  readonly background: Background
  readonly stored: readonly StoredSummary[]
  readonly reading: Reading | undefined
  /** What was asked of the model. */
  readonly asked: Readonly<Record<string, number>>
}

/** An episode of fewer turns is said by the day's summary well enough. */
const FEWEST_TURNS = 6
/** One that is nearly the whole day, too. */
const LARGEST_SHARE = 0.75

/**
 * Sums up the day, and each longer episode of a day that had several: one sentence a line, each as a source says it, so that forgetting the
 * source can take its lines out again. A model's sentences are in its own words, with the sources of each beside them, for the same end. A
 * later summary of the same day takes the place of an earlier one.
 */
@Injectable()
export class AbstractPhase extends DreamPhase<Read> {
  readonly name = 'abstract'

  constructor(private readonly summaries: SummaryReader, private readonly reader: DayReader, private readonly vocabulary: Vocabulary) {
    super()
  }

  async read(dream: Dream): Promise<Read> {
    const { user, day, now } = dream
    const background = await this.vocabulary.of(dream)
    const reading = await this.reader.read(dream)
    return { background, stored: await this.summaries.ofDay(user, day, now), reading, asked: reading?.budget.fresh() ?? {} }
  }

  async plan(dream: Dream, { background, stored, reading, asked }: Read): Promise<PhasePlan> {
    const drafts: Draft[] = []
    const lines = await linesOfDay(dream.traces, reading, background)
    const day = draft('day', 'summary', dream.traces, lines)
    if (day) drafts.push(day)
    const apart = ({ length }: readonly DayTrace[]): boolean => length >= FEWEST_TURNS && length <= LARGEST_SHARE * dream.traces.length
    for (const turns of dream.episodes.filter(apart)) {
      const episode = draft('episode', `summary of the episode of ${turns[0]!.id}`, turns, await linesOfEpisode(turns, lines, background))
      if (episode && !drafts.some((other) => other.content === episode.content)) drafts.push(episode)
    }
    // What is said already stays; what is not said any more is closed by what says it now, for an episode that is gone by the day's.
    const fresh = drafts.filter((d) => !stored.some((s) => s.scope === d.scope && s.content === d.content))
    const stale = stored.filter((s) => !drafts.some((d) => s.scope === d.scope && s.content === d.content))
    const successor = (s: StoredSummary): string | undefined => {
      const next = fresh.find((d) => d.scope === s.scope && d.from <= s.until && s.from <= d.until) ?? fresh.find((d) => d.scope === 'day')
      return next ? dream.id(next.role) : stored.find((other) => other.scope === 'day' && !stale.includes(other))?.id
    }
    return {
      changes: [...fresh.map((d) => create(dream, d)), ...stale.flatMap((s): Change[] => {
        const by = successor(s)
        return by === undefined ? [] : [{ op: 'supersede', trace: s.id, by, reason: 'the day was dreamt of anew' }]
      })],
      counts: { summaries: fresh.length, sentences: fresh.reduce((sum, d) => sum + d.lines.length, 0), ...asked },
    }
  }
}

interface Draft {
  readonly scope: 'day' | 'episode'
  /** What `Dream.id` names it by. */
  readonly role: string
  readonly content: string
  readonly lines: readonly Line[]
  /** What says so. */
  readonly quoted: readonly DayTrace[]
  readonly last: DayTrace
  readonly from: string
  readonly until: string
}

function draft(scope: Draft['scope'], role: string, turns: readonly DayTrace[], lines: readonly Line[]): Draft | undefined {
  const ids = new Set(lines.flatMap((line) => line.sources))
  const last = turns.at(-1)!
  return lines.length === 0 ? undefined : {
    scope, role, lines, content: lines.map((line) => line.text).join('\n'), quoted: turns.filter((t) => ids.has(t.id)), last,
    from: turns[0]!.occurredAt.toISOString(), until: last.occurredAt.toISOString(),
  }
}

function create(dream: Dream, { scope, role, lines, content, quoted, last, from, until }: Draft): Change {
  return {
    op: 'create',
    trace: {
      id: dream.id(role), kind: 'summary', content, sources: quoted.map((t) => t.id), occurredAt: last.occurredAt,
      retention: quoted.every((t) => t.retention === 'project') ? 'project' : 'personal',
      salience: Math.max(...quoted.map((t) => t.salience)), metadata: {
        day: dream.day, scope, from, until,
        ...(lines.some((line) => line.written) ? { sentences: lines.map((line) => [...line.sources]) } : {}),
      },
    },
  }
}
