import type { ProjectSummary, Session, StoredUser, Trace, UserStats } from '#episodic-memory'
import type { ForgetAnswer, ForgetApplied, Receipt } from '#forget'
import type { StoredEdge } from '#graph-memory'
import type { Graph, RecallAnswer, RecalledTrace, RecallStatistics } from '#recall'
import type { RememberAnswer } from '#remember'
import type { FocusItem } from '#working-memory'
import type * as answers from './answers'
import { encodeCursor } from './cursors'

type Memory = answers.MemoryAnswer

export const iso = (at: Date): string => at.toISOString()
export const isoOrNull = (at: Date | null): string | null => (at ? at.toISOString() : null)
/** The store keeps such numbers in four bytes; beyond six places there is only noise. */
export const sixPlaces = (x: number): number => Math.round(x * 1e6) / 1e6
/** Metadata are the callers': whatever they wrote there. */
export const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null)
/** Who a preference, a pattern or a collection is by; what a caller has amended is the caller's. */
export const originOf = ({ metadata }: Trace): 'dream' | 'caller' => (metadata.origin === 'dream' ? 'dream' : 'caller')
const thousandths = (ms: number): number => Math.round(ms * 1000) / 1000

export function presentMemory(trace: Trace, tier: Memory['tier']): Memory {
  return {
    id: trace.id,
    content: trace.content,
    kind: trace.kind,
    role: trace.role,
    speaker: trace.speaker,
    retention: trace.retention,
    session_id: trace.sessionId,
    project: trace.project,
    agent_id: trace.agentId,
    category: trace.category,
    tags: [...trace.tags],
    metadata: trace.metadata,
    salience: sixPlaces(trace.salience),
    confidence: sixPlaces(trace.confidence),
    access_count: trace.accessCount,
    last_accessed_at: isoOrNull(trace.lastAccessedAt),
    occurred_at: iso(trace.occurredAt),
    created_at: iso(trace.createdAt),
    tier,
    ...(trace.source !== null ? { source: trace.source } : {}),
    ...(trace.expiresAt ? { expires_at: iso(trace.expiresAt) } : {}),
    ...(trace.triple !== null ? { triple: trace.triple as unknown as Memory['triple'], valid_from: iso(trace.validFrom) } : {}),
    ...(trace.validUntil ? { valid_until: iso(trace.validUntil) } : {}),
    ...(trace.prunedAt ? { pruned_at: iso(trace.prunedAt) } : {}),
    ...(trace.supersededBy ? { superseded_by: trace.supersededBy } : {}),
  }
}

/** What lives in focus alone, as the memory that it would be. */
export function presentFocusOnly(item: FocusItem): Memory {
  return {
    id: item.id, content: item.content, kind: 'episode', role: item.role, speaker: item.speaker, retention: 'personal', session_id: item.sessionId,
    project: null, agent_id: null, category: null, tags: [], metadata: {}, salience: item.weight, confidence: 1, access_count: 0,
    last_accessed_at: null,
    occurred_at: iso(item.at), created_at: iso(item.at), tier: 'focus',
  }
}

export function presentRemembered(answer: RememberAnswer): answers.RememberAnswerDto {
  return {
    results: answer.results.map(({ id, status, salience, reason, duplicateOf, suggested }) => ({
      id, status, salience,
      ...(reason === undefined ? {} : { reason }),
      ...(duplicateOf === undefined ? {} : { duplicate_of: duplicateOf }),
      ...(suggested === undefined ? {} : { suggested: suggested.map((other) => ({ id: other.id, content: other.content, score: other.score,
      type: other.type })) }),
    })),
    degraded: [...answer.degraded],
  }
}

export function presentRecalled(answer: RecallAnswer): answers.RecallAnswerDto {
  return {
    results: answer.results.map(presentRecalledMemory),
    took_ms: thousandths(answer.tookMs),
    timings: Object.fromEntries(Object.entries(answer.timings).map(([part, ms]) => [part, thousandths(ms)])),
    degraded: [...answer.degraded],
    ...(answer.basis ? { basis: [...answer.basis] } : {}),
    ...(answer.heldBack.length > 0 ? { held_back: answer.heldBack.map(({ id, reason }) => ({ id, reason })) } : {}),
  }
}

function presentRecalledMemory(trace: RecalledTrace): answers.RecallAnswerDto['results'][number] {
  const { id, content, ...rest } = presentMemory(trace, trace.tier)
  return {
    id, content, score: trace.score, ...rest,
    ...(trace.scores ? { scores: { ...trace.scores } } : {}),
    ...(trace.edges ? { edges: trace.edges.map(({ src, dst, type, weight }) => ({ src, dst, type, weight: sixPlaces(weight) })) } : {}),
  }
}

export function presentForgotten(answer: ForgetAnswer): answers.ForgetAnswerDto | answers.ForgetPreviewDto {
  if (!answer.dryRun) return presentApplied(answer)
  return {
    dry_run: true,
    count: answer.count,
    candidates: answer.candidates.map(({ id, content, kind, score, because }) => ({ id, content, kind, ...(score === undefined ? {} : { score }),
    because })),
    preview_token: answer.previewToken,
    ...(answer.nextCursor === undefined ? {} : { next_cursor: encodeCursor(answer.nextCursor)! }),
  }
}

export function presentApplied(answer: ForgetApplied): answers.ForgetAnswerDto {
  const { id, at, digest, purged } = answer.receipt
  return {
    forgotten: { ...answer.forgotten }, ids: [...answer.ids], tombstones: [...answer.tombstones], receipt: { id, at: iso(at), digest, purged },
  }
}

export function presentReceipt({ id, at, counts, previous, digest, purged }: Receipt): answers.ReceiptDto {
  return { id, at: iso(at), forgotten: { ...counts }, previous, digest, purged }
}

export function presentEdge({ src, dst, type, weight, ts, meta }: StoredEdge): answers.EdgesDto['edges'][number] {
  return { src, dst, type, weight: sixPlaces(weight), ts: iso(ts), ...(meta ? { meta } : {}) }
}

/** @param tierOf which tier a trace is in */
export function presentGraph({ nodes, edges }: Graph, tierOf: (trace: Trace) => Memory['tier']): answers.GraphDto {
  return { nodes: nodes.map(({ trace, depth }) => ({ ...presentMemory(trace, tierOf(trace)), depth })), edges: edges.map(presentEdge) }
}

export function presentStatistics({ recalls, since, empty, averageResults, p50, p95, tiers, latest }: RecallStatistics): answers.AnalyticsDto {
  const rounded = (ms: number | null): number | null => (ms === null ? null : thousandths(ms))
  return {
    recalls, since: isoOrNull(since), empty, average_results: averageResults, ms: { p50: rounded(p50), p95: rounded(p95) }, tiers: { ...tiers },
    latest: latest.map((one) => ({ at: iso(one.at), query: one.query, results: one.results, ms: thousandths(one.ms), tiers: { ...one.tiers } })),
  }
}

export function presentFocusItem(item: FocusItem): answers.FocusDto['results'][number] {
  const { id, content, role, speaker, sessionId, weight, at, durable } = item
  return { id, content, role, speaker, session_id: sessionId, weight, at: iso(at), durable }
}

export function presentSession(session: Session): answers.SessionAnswer {
  return {
    session_id: session.sessionId, project: session.project, started_at: iso(session.startedAt), ended_at: iso(session.endedAt),
    duration_seconds: session.durationSeconds, message_count: session.messageCount, topics: [...session.topics], importance: session.importance,
    summary: session.summary,
  }
}

export function presentProject({ project, memoryCount, sessionIds, firstAt, lastAt }: ProjectSummary): answers.ProjectDto {
  return { project, memory_count: memoryCount, session_ids: [...sessionIds], first_at: iso(firstAt), last_at: iso(lastAt) }
}

export function presentUser({ externalId, timeZone, createdAt }: StoredUser, defaultZone: string): answers.UserAnswer {
  return { user_id: externalId, time_zone: timeZone ?? defaultZone, created_at: iso(createdAt) }
}

export function presentStats(stats: UserStats): answers.StatsDto {
  return {
    total: stats.total, by_kind: { ...stats.byKind }, dreamt: { ...stats.dreamt }, by_retention: { ...stats.byRetention }, by_category: { ...stats.byCategory },
    average_salience: stats.averageSalience === null ? null : sixPlaces(stats.averageSalience), accesses: stats.accesses,
    latest_at: isoOrNull(stats.latestAt),
  }
}
