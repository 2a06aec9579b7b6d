import { createHash } from 'node:crypto'
import { sessionUuid } from '#kernel'
import type { FilterExpression, Operator, TraceFilter } from './trace-filter'

/** Collects bound parameters of a statement; `add` answers the placeholder. */
export class Params {
  readonly values: unknown[] = []

  add(value: unknown, cast = ''): string {
    this.values.push(value)
    return `$${this.values.length}${cast}`
  }
}

const COLUMNS: Readonly<Record<string, { sql: string; cast: string }>> = {
  kind: { sql: 't.kind', cast: '::text' },
  role: { sql: 't.role', cast: '::text' },
  speaker: { sql: 't.speaker', cast: '::text' },
  retention: { sql: 't.retention', cast: '::text' },
  project: { sql: 't.project', cast: '::text' },
  agent_id: { sql: 't.agent_id', cast: '::text' },
  category: { sql: 't.category', cast: '::text' },
  content: { sql: 't.content', cast: '::text' },
  salience: { sql: 't.salience', cast: '::float8' },
  importance: { sql: 't.salience', cast: '::float8' },
  confidence: { sql: 't.confidence', cast: '::float8' },
  occurred_at: { sql: 't.occurred_at', cast: '::timestamptz' },
  created_at: { sql: 't.created_at', cast: '::timestamptz' },
}

const COMPARISON: Partial<Record<Operator, string>> = { gt: '>', gte: '>=', lt: '<', lte: '<=' }

/** Longest value kept as it is in memory_path; a longer one is kept as its hash (a btree row holds 2,700 bytes). */
const LONGEST_PATH_VALUE = 256

/** A metadata value as memory_path keeps it: its JSON, hashed when long. */
export function pathValue(value: unknown): string {
  const json = JSON.stringify(value)
  return json.length <= LONGEST_PATH_VALUE ? json : `sha256:${createHash('sha256').update(json).digest('hex')}`
}

/** Every leaf of a metadata object as (path, value); elements of arrays stand under the array's path. */
export function metadataPaths(metadata: Readonly<Record<string, unknown>>): { path: string; value: string }[] {
  const seen = new Set<string>()
  const out: { path: string; value: string }[] = []
  const visit = (path: string, value: unknown): void => {
    if (Array.isArray(value)) for (const element of value) visit(path, element)
    else if (value !== null && typeof value === 'object') {
      for (const [key, inner] of Object.entries(value)) visit(path === '' ? key : `${path}.${key}`, inner)
    } else {
      const row = { path: path.length <= LONGEST_PATH_VALUE ? path : pathValue(path), value: pathValue(value) }
      const key = JSON.stringify(row)
      if (!seen.has(key)) out.push(row)
      seen.add(key)
    }
  }
  visit('', metadata)
  return out
}

/**
 * The conditions of a filter on `memory_trace t` of user $1, joined by AND; 'true' when there are none.
 * Every value is a bound parameter.
 */
export function filterSql(filter: TraceFilter, userId: string, params: Params): string {
  const all: string[] = []
  if (filter.ids) all.push(`t.id = any(${params.add(filter.ids, '::uuid[]')})`)
  if (filter.kind) all.push(`t.kind = any(${params.add(filter.kind, '::text[]')})`)
  if (filter.retention) all.push(`t.retention = any(${params.add(filter.retention, '::text[]')})`)
  if (filter.sessionId !== undefined) all.push(`t.session_id = ${params.add(sessionUuid(userId, filter.sessionId), '::uuid')}`)
  if (filter.project !== undefined) all.push(`t.project = ${params.add(filter.project, '::text')}`)
  if (filter.agentId !== undefined) all.push(`t.agent_id = ${params.add(filter.agentId, '::text')}`)
  if (filter.category) all.push(`t.category = any(${params.add(filter.category, '::text[]')})`)
  for (const tag of filter.tags ?? []) all.push(hasTag(tag, params))
  if (filter.occurredFrom) all.push(`t.occurred_at >= ${params.add(filter.occurredFrom, '::timestamptz')}`)
  if (filter.occurredUntil) all.push(`t.occurred_at < ${params.add(filter.occurredUntil, '::timestamptz')}`)
  if (filter.expression) all.push(expressionSql(filter.expression, userId, params))
  return all.length > 0 ? all.join(' and ') : 'true'
}

function hasTag(tag: unknown, params: Params): string {
  return `exists (select from memory_tag g where g.user_id = $1 and g.tag = ${params.add(tag, '::text')} and g.trace_id = t.id)`
}

function expressionSql(expression: FilterExpression, userId: string, params: Params): string {
  if ('and' in expression) return joined(expression.and, ' and ', 'true', userId, params)
  if ('or' in expression) return joined(expression.or, ' or ', 'false', userId, params)
  if ('not' in expression) return `not coalesce(${expressionSql(expression.not, userId, params)}, false)`
  return comparisonSql(expression.field, expression.op, expression.value, userId, params)
}

function joined(parts: readonly FilterExpression[], by: string, empty: string, userId: string, params: Params): string {
  return parts.length === 0 ? empty : `(${parts.map((part) => expressionSql(part, userId, params)).join(by)})`
}

/** "ne" and "nin" hold for a trace that lacks the field: they are the negation of "eq" and "in". */
function comparisonSql(field: string, op: Operator, value: unknown, userId: string, params: Params): string {
  if (op === 'ne') return `not coalesce(${comparisonSql(field, 'eq', value, userId, params)}, false)`
  if (op === 'nin') return `not coalesce(${comparisonSql(field, 'in', value, userId, params)}, false)`
  if (op === 'in') {
    const values = value as readonly unknown[]
    return values.length === 0 ? 'false' : `(${values.map((v) => comparisonSql(field, 'eq', v, userId, params)).join(' or ')})`
  }
  if (field === 'tags') return tagsSql(op, value, params)
  if (field === 'session_id') return sessionSql(op, value, userId, params)
  if (field.startsWith('metadata.')) return metadataSql(field.slice('metadata.'.length), op, value, params)
  const column = COLUMNS[field]!
  if (op === 'exists') return `${column.sql} is ${value === false ? '' : 'not '}null`
  if (op === 'contains') return `strpos(lower(${column.sql}::text), lower(${params.add(String(value), '::text')})) > 0`
  if (op === 'eq') return value === null ? `${column.sql} is null` : `${column.sql} = ${params.add(value, column.cast)}`
  return `${column.sql} ${COMPARISON[op]} ${params.add(value, column.cast)}`
}

function tagsSql(op: Operator, value: unknown, params: Params): string {
  if (op === 'exists') return `cardinality(t.tags) ${value === false ? '=' : '>'} 0`
  if (Array.isArray(value)) return value.length === 0 ? 'true' : `(${value.map((tag) => hasTag(tag, params)).join(' and ')})`
  return hasTag(value, params)
}

function sessionSql(op: Operator, value: unknown, userId: string, params: Params): string {
  if (op === 'exists') return `t.session_id is ${value === false ? '' : 'not '}null`
  if (value === null) return 't.session_id is null'
  return `t.session_id = ${params.add(sessionUuid(userId, value as string), '::uuid')}`
}

function metadataSql(path: string, op: Operator, value: unknown, params: Params): string {
  if (op === 'eq' && (value === null || typeof value !== 'object')) {
    // Plain equality on memory_path: indexable under row-level security, where jsonb's `@>` is not.
    return `exists (select from memory_path p where p.user_id = $1 and p.path = ${params.add(path, '::text')}
      and p.value = ${params.add(pathValue(value), '::text')} and p.trace_id = t.id)`
  }
  const keys = params.add(path.split('.'), '::text[]')
  const at = `(t.meta #> ${keys})`
  if (op === 'exists') return `${at} is ${value === false ? '' : 'not '}null`
  const json = params.add(JSON.stringify(value), '::jsonb')
  if (op === 'eq') return `${at} = ${json}`
  if (op === 'contains') {
    return `(case jsonb_typeof(${at}) when 'string' then strpos(lower(t.meta #>> ${keys}), lower(${params.add(String(value), '::text')})) > 0
      else ${at} @> ${json} end)`
  }
  // jsonb orders values of different types too; a comparison holds only within one type.
  return `(jsonb_typeof(${at}) = jsonb_typeof(${json}) and ${at} ${COMPARISON[op]} ${json})`
}
