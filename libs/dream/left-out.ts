import type { Change } from './change'

/**
 * Changes without those that make a trace which must not be made (`blocked`) or which is planned already (`known`), and without those that
 * name one which now is not made: what derives from it, edges, closures in its favour. Pure.
 */
export function withoutChangesOf(blocked: ReadonlySet<string>, known: ReadonlySet<string>, changes: readonly Change[]): Change[] {
  const gone = new Set(blocked)
  const made = new Set(known)
  // Sources come before what derives from them, or in the same phase after it: until nothing more goes.
  for (let before = -1; before !== gone.size;) {
    before = gone.size
    for (const c of changes) if (c.op === 'create' && 'trace' in c && c.trace.sources.some((id) => gone.has(id))) gone.add(c.trace.id)
  }
  return changes.filter((change) => {
    if (namesOf(change).some((id) => gone.has(id))) return false
    if (change.op !== 'create' || !('trace' in change)) return true
    const first = !made.has(change.trace.id)
    made.add(change.trace.id)
    return first
  })
}

function namesOf(change: Change): string[] {
  if ('edge' in change) return [change.edge.src, change.edge.dst]
  if ('session' in change) return []
  if (change.op === 'create') return [change.trace.id]
  return change.op === 'supersede' ? [change.trace, change.by] : [change.trace]
}
