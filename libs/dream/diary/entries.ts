import type { EdgeName, EdgeState, SessionState, TraceState } from '../change'

/** A line of the diary: enough to show a change, and to take it back. What was said stands in it only where a session is summed up. */
export type Entry = Readonly<{ seq?: number }> & (
  | {
    readonly op: 'create'
    readonly trace: string
    /** `state` tells whether somebody has changed it since; `content` is there on dry runs alone. */
    readonly after: { readonly kind: string; readonly role: string; readonly occurred_at: string; readonly sources: readonly string[]; readonly state?: string; readonly content?: string }
  }
  | { readonly op: 'update'; readonly trace: string; readonly before: TraceState; readonly after: TraceState }
  | {
    readonly op: 'supersede'
    readonly trace: string
    readonly before: { readonly superseded_by: null; readonly valid_until: string | null }
    readonly after: { readonly superseded_by: string; readonly valid_until: string; readonly reason: string }
  }
  | { readonly op: 'create'; readonly edge: EdgeName; readonly after: EdgeState }
  | { readonly op: 'update'; readonly edge: EdgeName; readonly before: EdgeState; readonly after: EdgeState }
  | { readonly op: 'remove'; readonly edge: EdgeName; readonly before: EdgeState & { readonly ts: string } }
  /** By the session's uuid. */
  | { readonly op: 'update'; readonly session: string; readonly before: SessionState; readonly after: SessionState }
)

type EntryOf<Target extends 'trace' | 'edge' | 'session', Op extends string = string> = Extract<Entry, Readonly<Record<Target, unknown>> & { op: Op }>
export type { EntryOf }

/** An entry as dream_change keeps it. */
export interface StoredEntry {
  readonly seq: number
  readonly op: string
  readonly target: string
  readonly target_id: string
  readonly before: Readonly<Record<string, unknown>> | null
  readonly after: Readonly<Record<string, unknown>> | null
}

export function toStored(entry: Entry, seq: number): StoredEntry {
  const { op, before = null, after = null } = entry as { op: string; before?: StoredEntry['before']; after?: StoredEntry['after'] }
  const [target, id] = 'trace' in entry ? ['trace', entry.trace] : 'edge' in entry ? ['edge', nameOf(entry.edge)] : ['session', entry.session]
  return { seq, op, target, target_id: id, before, after }
}

export function fromStored({ seq, op, target, target_id, before, after }: StoredEntry): Entry {
  const what = { seq, op, ...(before ? { before } : {}), ...(after ? { after } : {}) }
  return { ...what, [target]: target === 'edge' ? edgeOf(target_id) : target_id } as unknown as Entry
}

/** How the diary names an edge. */
export function nameOf({ src, dst, type }: EdgeName): string {
  return `${src} ${dst} ${type}`
}

function edgeOf(name: string): EdgeName {
  const [src, dst, ...type] = name.split(' ') as [string, string, ...string[]]
  return { src, dst, type: type.join(' ') }
}
