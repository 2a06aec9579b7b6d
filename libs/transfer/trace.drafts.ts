import { Injectable } from '@nestjs/common'
import { collectionKey, type NewTrace, ownKey, saidKey, traceWords } from '#episodic-memory'
import { Secrets } from '#kernel'
import type { TraceLine } from './format'

/** The stored form of a line but for its place: what an export leaves out, because it follows from the rest, is worked out again. */
@Injectable()
export class TraceDrafts {
  constructor(private readonly secrets: Secrets) {}

  of(line: TraceLine, userId: string, zone: string): Omit<NewTrace, 'place'> {
    const occurredAt = new Date(line.occurred_at)
    return {
      id: line.id, kind: line.kind, role: line.role, speaker: line.speaker, content: line.content, retention: line.retention, sessionId: line.session_id,
      project: line.project, agentId: line.agent_id, salience: line.salience, firstSalience: line.first_salience,
      salienceGiven: line.salience_given, confidence: line.confidence, category: line.category, tags: line.tags,
      source: line.source, metadata: line.metadata, triple: line.triple, occurredAt, dated: line.dated, createdAt: new Date(line.created_at),
      validFrom: new Date(line.valid_from), validUntil: dateOf(line.valid_until), supersededBy: line.superseded_by, expiresAt: dateOf(line.expires_at),
      prunedAt: dateOf(line.pruned_at),
      contentKey: this.contentKey(line, userId),
      ...(line.place === null ? { terms: new Map(), words: 0, tells: 0 } : traceWords(line.content, line.speaker, occurredAt, zone)),
    }
  }

  /** As whoever wrote it first made it. What a dream made has its kind as its role, and is nobody's utterance; nor is what has no words. */
  private contentKey({ id, kind, role, place, content }: TraceLine, userId: string): Buffer {
    if (kind === 'collection' && role !== kind) return collectionKey(this.secrets, userId, content)
    return place === null || role === kind || role === 'system' ? ownKey(this.secrets, kind, id) : saidKey(this.secrets, content)
  }
}

function dateOf(text: string | null): Date | null {
  return text === null ? null : new Date(text)
}
