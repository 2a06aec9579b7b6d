import { Injectable } from '@nestjs/common'
import { entityUuid, groups } from '#kernel'
import { nameKey } from '#language'
import { SummaryReader } from '../abstract/summary.reader'
import type { Change, DerivedEdge } from '../change'
import { direction } from '../direction'
import { type DayTrace, type Dream, DreamPhase, type PhasePlan } from '../phase'
import { nameOf } from '../speakers'
import type { Fact } from './fact'
import { planFacts } from './fact-plan'
import { FactReader, slotId } from './fact.reader'
import { type Candidate, likenesses } from './likeness'
import { causes, type Node, participants, sameDay, sameTopic } from './day-edges'
import { type Mention, NeighbourReader } from './neighbour.reader'
import { type Statement, statementsOf } from './statements'

interface Read {
  readonly statements: readonly Statement[]
  readonly known: readonly Fact[]
  readonly mentions: readonly Mention[]
  readonly earlier: readonly Candidate[]
  readonly summaries: readonly Node[]
  readonly sameDay: readonly DerivedEdge[]
  /** The day's summary so far. */
  readonly node: string | undefined
}

/** Of a day's traces so many are compared, the most salient: that many squared. */
const COMPARED = 400

/** Facts from what is stated, and edges: what is alike, of one day, of one topic, who took part, what is said to cause what. */
@Injectable()
export class LinkPhase extends DreamPhase<Read> {
  readonly name = 'link'

  constructor(private readonly facts: FactReader, private readonly near: NeighbourReader, private readonly stored: SummaryReader) {
    super()
  }

  async read(dream: Dream): Promise<Read> {
    const { user, day, now } = dream
    const [stated, named] = [statementsOf(dream), this.near.mentions(dream)]
    const [statements, mentions, known, earlier, summaries, sameDay, stored] = await Promise.all([
      stated, named,
      stated.then((all) => this.facts.near(user, all.map((one) => one.claim.triple))),
      named.then((all) => this.near.earlier(dream, mostNamed(dream, all))),
      this.near.summaries(dream), this.near.sameDay(dream), this.stored.ofDay(user, day, now),
    ])
    return { statements, mentions, known, earlier, summaries, sameDay, node: stored.findLast((summary) => summary.scope === 'day')?.id }
  }

  async plan(dream: Dream, read: Read): Promise<PhasePlan> {
    const { user, planned, traces, vectors, episodes } = dream
    const mentioned = new Map([...groups(read.mentions, (m) => m.trace)].map(([trace, all]) => [trace, new Map(all.map((m) => [m.key, m.entity]))]))
    const { changes, facts, sources } = planFacts({
      statements: read.statements, known: read.known, mentioned, slotId: (slot) => slotId(user, slot), id: (role) => dream.id(role),
    })
    const summaries = planned.traces('summary').map(({ id, sources, metadata }) => (
      { id, scope: metadata?.scope, turns: turnsOf(traces, metadata), vector: direction(sources.map((id) => vectors.get(id))) }))
    const similar = await likenesses([...compared(dream), ...read.earlier])
    const topics = sameTopic(summaries.flatMap(({ id, vector }) => (vector ? [{ id, vector }] : [])), read.summaries)
    const taking = participants(summaries, (speaker) => entityOf(user.id, speaker))
    const caused = causes(episodes)
    const node = summaries.find((summary) => summary.scope === 'day')?.id ?? read.node
    return {
      changes: [
        ...changes,
        ...[...similar, ...topics, ...taking, ...caused].map((edge): Change => ({ op: 'create', edge })),
        ...sameDay(traces, node, read.sameDay),
      ],
      counts: {
        statements: read.statements.length, facts, sources,
        similar: similar.length, same_topic: topics.length, participant: taking.length, causes: caused.length,
      },
    }
  }
}

function entityOf(userId: string, speaker: string): string | undefined {
  const name = nameOf(speaker)
  return name === undefined ? undefined : entityUuid(userId, nameKey(name))
}

/** What is named on the day beside its speakers, the most often named first. */
function mostNamed({ traces }: Dream, mentions: readonly Mention[]): string[] {
  const speakers = new Set(traces.flatMap((t) => nameOf(t.speaker) ?? []).map(nameKey))
  const count = groups(mentions.filter((m) => !speakers.has(m.key)), (m) => m.entity)
  return [...count].sort(([a, x], [b, y]) => y.length - x.length || (a < b ? -1 : 1)).map(([entity]) => entity)
}

function compared({ traces, vectors }: Dream): Candidate[] {
  const all = traces.flatMap(({ id, salience, sessionId }, at) => {
    const vector = vectors.get(id)
    return vector ? [{ id, vector, salience, fresh: true, place: { session: sessionId, at } }] : []
  })
  return all.sort((a, b) => b.salience - a.salience || a.place.at - b.place.at).slice(0, COMPARED)
}

/** The traces that a summary sums up. */
function turnsOf(traces: readonly DayTrace[], metadata: { readonly [key: string]: unknown } | undefined): readonly DayTrace[] {
  const [from, until] = [metadata?.from, metadata?.until].map((at) => (typeof at === 'string' ? new Date(at) : undefined))
  return from && until ? traces.filter((t) => t.occurredAt >= from && t.occurredAt <= until) : traces
}
