import type { FilterExpression, TraceFilter } from '#episodic-memory'
import type { Stored } from './oracle-store'

/** Whether a trace passes a filter, worked out by hand. What a trace does not have passes only "ne", "nin" and exists: false. */
export function passes(trace: Stored, filter: TraceFilter): boolean {
  const among = (wanted: readonly string[] | undefined, value: string | null): boolean => wanted === undefined || (value !== null && wanted.includes(value))
  const equal = (wanted: string | undefined, value: string | null): boolean => wanted === undefined || wanted === value
  return among(filter.kind, trace.kind) && among(filter.retention, trace.retention) && among(filter.category, trace.category)
    && equal(filter.sessionId, trace.session) && equal(filter.project, trace.project) && equal(filter.agentId, trace.agentId)
    && (filter.tags ?? []).every((tag) => trace.tags.includes(tag))
    && (!filter.occurredFrom || trace.occurredAt >= filter.occurredFrom) && (!filter.occurredUntil || trace.occurredAt < filter.occurredUntil)
    && (!filter.expression || holds(trace, filter.expression))
}

function holds(trace: Stored, expression: FilterExpression): boolean {
  if ('and' in expression) return expression.and.every((part) => holds(trace, part))
  if ('or' in expression) return expression.or.some((part) => holds(trace, part))
  if ('not' in expression) return !holds(trace, expression.not)
  const { field, op, value } = expression
  if (op === 'ne') return !holds(trace, { field, op: 'eq', value })
  if (op === 'in') return (value as unknown[]).some((one) => holds(trace, { field, op: 'eq', value: one }))
  if (op === 'nin') return !holds(trace, { field, op: 'in', value })
  if (field.startsWith('metadata.')) return metadataHolds(valueAt(trace.meta, field.slice('metadata.'.length)), op, value)
  if (field === 'tags') return op === 'exists' ? (trace.tags.length > 0) === value : trace.tags.includes(value as string)
  const own = columnOf(trace, field)
  if (op === 'exists') return (own !== null) === value
  if (own === null) return op === 'eq' && value === null
  if (value === null) return false
  if (op === 'contains') return (own as string).toLowerCase().includes((value as string).toLowerCase())
  return compare(own, op, value)
}

function columnOf(trace: Stored, field: string): string | number | Date | null {
  switch (field) {
    case 'session_id': return trace.session
    case 'agent_id': return trace.agentId
    case 'importance': return trace.salience
    case 'occurred_at': return trace.occurredAt
    case 'created_at': return trace.createdAt
    default: return trace[field as 'kind' | 'role' | 'speaker' | 'retention' | 'project' | 'category' | 'salience' | 'confidence' | 'content']
  }
}

function valueAt(metadata: unknown, path: string): unknown {
  return path.split('.').reduce((at, key) => (at !== null && typeof at === 'object' && !Array.isArray(at) ? (at as Record<string, unknown>)[key] : undefined), metadata)
}

function metadataHolds(own: unknown, op: string, value: unknown): boolean {
  if (op === 'exists') return (own !== undefined) === value
  if (own === undefined) return false
  const one = (element: unknown): boolean => (Array.isArray(element) ? element.some(one) : element === value)
  if (op === 'eq') return one(own)
  if (op === 'contains') return typeof own === 'string' ? own.toLowerCase().includes(String(value).toLowerCase()) : one(own)
  return typeof own === typeof value && compare(own as string | number, op, value)
}

function compare(own: string | number | Date, op: string, value: unknown): boolean {
  const [a, b] = [own instanceof Date ? own.getTime() : own, value instanceof Date ? value.getTime() : (value as string | number)]
  switch (op) {
    case 'eq': return a === b
    case 'gt': return a > b
    case 'gte': return a >= b
    case 'lt': return a < b
    case 'lte': return a <= b
    default: throw new Error(`no such operator: ${op}`)
  }
}
