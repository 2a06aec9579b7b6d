import { Injectable } from '@nestjs/common'
import { Embedder, EmbeddingUnavailable } from '#embeddings'
import { Sql } from '#database'
import { EmbeddingStore, type Head, RECALLED_KINDS, tierOf, type Trace, TraceReader, UserStore, VectorIndexes } from '#episodic-memory'
import { bitSignature, Clock, DAY_MS, entityUuid, FIRST_STABILITY, meanDirection, retrievability, type User, type Vector } from '#kernel'
import { type Period, periods } from '#language'
import { FocusBuffer } from '#working-memory'
import { asKnown, mindAt } from './as-of'
import { type CandidateQuery, type CandidateRow, candidatesSql, NAMED, type HeadQuery } from './candidates.sql'
import { fuse, type Scored } from './fusion'
import { type Found, NOTHING_FOUND } from './legs'
import { byIndex, nearestByIndexSql } from './near.sql'
import { type Page, pageOf } from './page'
import { isBare, type Question, readQuestion } from './question'
import { RecallSettings } from './settings'
import type { RecallAnswer, RecallInput, Signal, Tier } from './recall.types'
import { Reinforcement } from './reinforcement'
import { parseTimeWindow } from './time-window'
import { wordsLegSql } from './words.sql'

/** Heads that are searched unless others are asked for; the names' head brought nothing by default (see WEIGHTS.entity). */
const DEFAULT_HEADS: readonly Head[] = ['semantic', 'situation']
/** What is in mind primes its neighbours more weakly. */
const PRIMED = 0.5
/** What orders the answer to a question that holds nothing to search by. */
const BASIS: readonly Signal[] = ['recency', 'salience', 'strength', 'focus', 'graph']

/** Recalling: a statement finds and measures candidates, one pure function scores them. */
@Injectable()
export class RecallService {
  constructor(
    private readonly sql: Sql,
    private readonly clock: Clock,
    private readonly settings: RecallSettings,
    private readonly embedder: Embedder,
    private readonly embeddings: EmbeddingStore,
    private readonly users: UserStore,
    private readonly traces: TraceReader,
    private readonly indexes: VectorIndexes,
    private readonly focus: FocusBuffer,
    private readonly reinforcement: Reinforcement,
  ) {}

  /** The k best of the user's live traces that pass the filter and the threshold; fewer only when there are no more. */
  async recall(input: RecallInput): Promise<RecallAnswer> {
    const started = performance.now()
    const question = readQuestion(input.query)
    let embedded = started
    const asked = this.headQueries(question, input.heads ?? DEFAULT_HEADS).finally(() => (embedded = performance.now()))
    const narrowed = input.timeWindow !== undefined || Object.values(input.filter).some((part) => part !== undefined) || input.asOf !== undefined
    // What is in mind is asked for while the model works, and so is what the words find, unless both legs look through a filter.
    const [{ heads, dims, degraded }, nearest, lexical, minded] = await Promise.all([
      asked,
      narrowed ? undefined : asked.then(({ heads, dims }) => this.nearest(input.user, heads, dims)),
      narrowed ? undefined : this.words(input.user, question.terms),
      this.focus.list(input.user),
    ])
    const now = this.clock.now()
    const at = input.asOf ?? now
    const reference = input.referenceDate ?? at
    const inMind = mindAt(minded, now, input.asOf)
    const filter = { ...input.filter, kind: input.filter.kind ?? RECALLED_KINDS, ...(await this.window(input, reference)) }
    const query: CandidateQuery = {
      userId: input.user.id, filter, narrowed, at, past: input.asOf !== undefined, superseded: input.includeSuperseded ? 'too' : 'not',
      terms: question.terms, words: question.words, periods: await this.periods(input, question, reference), asks: question.asks,
      heads, dims, model: this.embedder.model, vectorType: this.embeddings.type, hops: input.hops, explain: input.explain, k: input.k,
      names: question.entityKeys,
      primed: [
        ...question.entityKeys.map((key) => ({ id: entityUuid(input.user.id, key), weight: NAMED })),
        ...[...inMind].map(([id, weight]) => ({ id, weight: PRIMED * weight })),
      ],
    }
    const scored = async (query: CandidateQuery): Promise<Candidate[]> => (await this.candidates(query))
      .map((row) => ({ row, ...score(row, inMind.get(row.traceId) ?? 0, reference, input.asOf) }))
      .sort((a, b) => b.score - a.score || (a.row.traceId < b.row.traceId ? -1 : 1))
    const ranked = await scored({ ...query, lexical, nearest })
    // Only who asks why is told of what was corrected: it takes a search of its own.
    const corrected = input.explain && !input.includeSuperseded ? await scored({ ...query, superseded: 'only', narrowed: true, hops: 0 }) : []
    const searched = performance.now()
    const { results: page, heldBack } = await this.page(input, ranked)
    const results = page.map(({ row, trace, score, shares }) => ({
      ...trace, score, tier: this.tierOf(trace, inMind.has(trace.id), row.onlyGraph, at), ...(input.explain ? { scores: shares, edges: row.edges ?? [] } : {}),
    }))
    if (input.reinforce) this.reinforcement.note(input.user, results)
    const ended = performance.now()
    return {
      results, heldBack: [...heldBack, ...supersededAmong(ranked, corrected, input)], degraded, tookMs: ended - started, ...(isBare(question) ? { basis: BASIS } : {}),
      timings: { embed: embedded - started, database: searched - embedded, rank: ended - searched },
    }
  }

  /** Narrowed, the best plan depends on how many traces pass, and the text on the filter; else it is kept. */
  private candidates(query: CandidateQuery): Promise<CandidateRow[]> {
    const { text, params } = candidatesSql(query)
    const scope = { userId: query.userId }
    return query.narrowed ? this.sql.many<CandidateRow>(scope, text, params) : this.sql.manyKept<CandidateRow>(scope, text, params)
  }

  /** What the words find, nothing without any; its plan is kept. */
  private async words(user: User, terms: Question['terms']): Promise<Found> {
    if (terms.length === 0) return NOTHING_FOUND
    const { text, params } = wordsLegSql(user.id, terms)
    return (await this.sql.manyKept<Found>({ userId: user.id }, text, params))[0]!
  }

  /** What the user's own indexes find; undefined without any. */
  private async nearest(user: User, heads: readonly HeadQuery[], dims: number): Promise<Found | undefined> {
    if (!byIndex(heads) || !await this.indexes.serve(user.id)) return undefined
    const { text, params } = nearestByIndexSql(user.id, heads, dims)
    return this.sql.one<Found>({ userId: user.id }, text, params)
  }

  /** The page, from as many of the ranked as it takes: more are read while some are held back. */
  private async page(input: RecallInput, ranked: readonly Candidate[]): Promise<Page<Whole>> {
    const above = ranked.filter((one) => one.score >= input.threshold)
    const read: Whole[] = []
    for (let from = 0, size = input.k; ; from += size, size *= 2) {
      read.push(...await this.whole(input, above.slice(from, from + size)))
      const page = pageOf(read, input)
      const next = above[from + size]
      if (next === undefined || (page.results.length === input.k && page.results.at(-1)!.score >= next.score)) return page
    }
  }

  /** The question's vector for each head; none when it says nothing, or the embedder is down. */
  private async headQueries(question: Question, heads: readonly Head[]): Promise<{ heads: HeadQuery[]; dims: number; degraded: string[] }> {
    if (isBare(question)) return { heads: [], dims: 0, degraded: [] }
    try {
      const wantsNames = heads.includes('entity') && question.names !== ''
      const vectors = await this.embedder.embed(wantsNames ? [...question.lines, question.names] : question.lines, 'query')
      const whole = meanDirection(vectors.slice(0, question.lines.length))
      const of = (head: Head, vec: Vector): HeadQuery => ({ head, vec: this.embeddings.encode(vec), bits: bitSignature(vec) })
      return { dims: whole.findLastIndex((x) => x !== 0) + 1, heads: heads.map((head) => of(head, head === 'entity' && wantsNames ? vectors.at(-1)! : whole)), degraded: [] }
    } catch (error) {
      if (error instanceof EmbeddingUnavailable) return { heads: [], dims: 0, degraded: ['semantic'] }
      throw error
    }
  }

  /** The spans of time that the question names, where the user is; their zone is read only for a question that names any. */
  private async periods(input: RecallInput, question: Question, reference: Date): Promise<readonly Period[]> {
    if (question.dialogue || periods(input.query, reference, this.settings.timeZone).length === 0) return []
    return periods(input.query, reference, await this.zoneOf(input.user))
  }

  private async zoneOf(user: User): Promise<string> {
    return (await this.users.get(user))?.timeZone ?? this.settings.timeZone
  }

  private async window(input: RecallInput, reference: Date): Promise<{ occurredFrom?: Date; occurredUntil?: Date }> {
    if (input.timeWindow === undefined) return {}
    const zone = await this.zoneOf(input.user)
    const { from, until } = parseTimeWindow(input.timeWindow, reference, zone, (input.referenceDate ?? input.asOf) !== undefined)
    return { occurredFrom: from, occurredUntil: until }
  }

  /** With their traces; those few are read now that the candidates came without. One that was forgotten meanwhile is left out. */
  private async whole({ user, asOf }: RecallInput, best: readonly Candidate[]): Promise<Whole[]> {
    const missing = best.filter(({ row }) => row.id === null).map(({ row }) => row.traceId)
    const read = missing.length === 0 ? new Map<string, Trace>() : await this.traces.byIds(user, missing)
    return best.flatMap((one) => {
      const trace = one.row.id === null ? read.get(one.row.traceId) : traceOf(one.row)
      return trace === undefined ? [] : [{ ...one, trace: asKnown(trace, asOf) }]
    })
  }

  private tierOf(trace: Trace, inFocus: boolean, onlyGraph: boolean, now: Date): Tier {
    if (inFocus) return 'focus'
    if (onlyGraph) return 'graph'
    return tierOf(trace.occurredAt, now, this.settings.ages)
  }
}

type Candidate = Scored & { readonly row: CandidateRow }
type Whole = Candidate & { readonly trace: Trace }

/**
 * @param focus the trace's weight in working memory, 0 when it is not there
 * @param reference what recency is counted from
 * @param asOf what was recalled later has no strength yet
 */
function score(row: CandidateRow, focus: number, reference: Date, asOf?: Date): Scored {
  const { words, lexical, semantic, entity, situation, graph, speakerNamed, own, isQuestion, answers, timely, accessed, stability } = row
  return fuse({
    lexical, semantic, entity, situation, graph, speakerNamed, words, own, isQuestion, answers, timely, focus,
    salience: row.worth,
    ageDays: (reference.getTime() - row.happened) / DAY_MS,
    strength: accessed === null || (asOf && accessed > asOf.getTime()) ? 0 : retrievability((reference.getTime() - accessed) / DAY_MS, stability ?? FIRST_STABILITY),
  })
}

/** The trace of a row that came with it. */
function traceOf(row: CandidateRow): Trace {
  const {
    traceId, words, lexical, semantic, entity, situation, graph, edges, onlyGraph, speakerNamed, own, isQuestion, answers, timely, worth, happened,
    accessed, stability, ...trace
  } = row
  return trace as Trace
}

/** What was corrected and would have been among the first k. */
function supersededAmong(ranked: readonly Candidate[], corrected: readonly Candidate[], { k, threshold }: RecallInput): { id: string; reason: string }[] {
  const better = (one: Candidate): number => ranked.filter(({ score }) => score > one.score).length
  return corrected.filter((one, i) => one.score >= threshold && i + better(one) < k && one.row.supersededBy)
    .map(({ row }) => ({ id: row.traceId, reason: `superseded by ${row.supersededBy}` }))
}
