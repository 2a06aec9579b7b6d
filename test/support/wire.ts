/** The shapes of API.md, as a client would write them down. */

export interface Memory {
  id: string
  content: string
  kind: string
  role: string
  speaker: string | null
  retention: string
  session_id: string | null
  project: string | null
  agent_id: string | null
  category: string | null
  tags: string[]
  metadata: Record<string, unknown>
  salience: number
  confidence: number
  access_count: number
  last_accessed_at: string | null
  occurred_at: string
  created_at: string
}

export interface WalkedEdge {
  src: string
  dst: string
  type: string
  weight: number
}

export interface Recalled extends Memory {
  score: number
  tier: string
  scores?: Record<string, number>
  edges?: WalkedEdge[]
}

export interface RecallBody {
  results: Recalled[]
  took_ms: number
  degraded: string[]
  basis?: string[]
  held_back?: { id: string; reason: string }[]
}

export interface RememberResult {
  id: string
  status: 'stored' | 'duplicate' | 'focus_only' | 'blocked'
  salience: number
  reason?: string
  duplicate_of?: string
  suggested?: { id: string; content: string; score: number; type: string }[]
}

export interface EdgesBody {
  edges: (WalkedEdge & { ts: string; meta?: Record<string, unknown> })[]
}

export interface RememberBody {
  results: RememberResult[]
  degraded: string[]
}

export interface ListBody<T = Memory> {
  results: T[]
  next_cursor: string | null
}

export interface ForgetBody {
  forgotten: { traces: number; embeddings: number; terms: number; edges: number; focus: number; derived: number; rewritten: number }
  ids: string[]
  tombstones: string[]
  receipt: { id: string; at: string; digest: string; purged?: boolean }
}

export interface PreviewBody {
  dry_run: true
  count: number
  candidates: { id: string; content: string; kind: string; score?: number; because: string }[]
  preview_token: string
  next_cursor?: string
}

export interface ErrorBody {
  error: { code: string; message: string; details?: Record<string, unknown>; request_id: string }
}
