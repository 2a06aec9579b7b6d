import { FILTER_FIELDS, type FilterExpression, type Operator, OPERATORS } from '#episodic-memory'
import { invalid } from '#kernel'
import { LIMITS } from './fields'
import { instantOf, isInstant } from './instants'

const FIELDS: ReadonlySet<string> = new Set(FILTER_FIELDS)
const TIMES = new Set(['occurred_at', 'created_at'])
const NUMBERS = new Set(['salience', 'importance', 'confidence'])
/** Older names of fields. */
const RENAMED: Readonly<Record<string, string>> = { run_id: 'session_id', memory_type: 'retention', importance_score: 'importance' }
const METADATA = /^metadata\.[^.]+(\.[^.]+)*$/
const MAX_LIST = 1_000

type Scalar = string | number | boolean

/**
 * The `filters` of the wire as an expression. An object with several fields means all of them, a plain value means "eq".
 * @param zone where dates without a time begin
 * @throws ReverieError invalid_request that names the operator, field or limit
 */
export function parseFilters(filters: unknown, zone: string): FilterExpression {
  return new Parser(zone).group(filters, 'filters', 0)
}

/** One walk over a filter; counts its terms. */
class Parser {
  private terms = 0

  constructor(private readonly zone: string) {}

  group(value: unknown, path: string, depth: number): FilterExpression {
    if (!isObject(value)) throw invalid(path, 'must be an object like { "category": "work" } or { "AND": [ … ] }')
    const parts = Object.entries(value).map(([key, inner]) => this.entry(key, inner, `${path}.${key}`, depth))
    if (parts.length === 0) throw invalid(path, 'must not be empty')
    return parts.length === 1 ? parts[0]! : { and: parts }
  }

  private entry(key: string, value: unknown, path: string, depth: number): FilterExpression {
    if (key !== 'AND' && key !== 'OR' && key !== 'NOT') return this.field(key, value, path)
    if (depth >= LIMITS.filterDepth) throw invalid('filters', `must be nested at most ${LIMITS.filterDepth} levels deep`)
    if (key === 'NOT') return { not: Array.isArray(value) ? { or: this.groups(value, path, depth) } : this.group(value, path, depth + 1) }
    if (!Array.isArray(value)) throw invalid(path, 'must be a list')
    const parts = this.groups(value, path, depth)
    return key === 'AND' ? { and: parts } : { or: parts }
  }

  private groups(values: readonly unknown[], path: string, depth: number): FilterExpression[] {
    if (values.length === 0) throw invalid(path, 'must not be empty')
    return values.map((value, i) => this.group(value, `${path}[${i}]`, depth + 1))
  }

  private field(given: string, value: unknown, path: string): FilterExpression {
    const field = RENAMED[given] ?? given
    if (!FIELDS.has(field) && !METADATA.test(field)) {
      if (field === 'user_id') throw invalid(path, 'stands beside filters, not in them')
      throw invalid(path, `is not a field to filter by; there are ${[...FIELDS].join(', ')} and metadata.<path>, joined by AND, OR, NOT`)
    }
    if (!isObject(value)) return this.term(field, 'eq', value, path)
    const terms = Object.entries(value).map(([op, operand]) => this.term(field, op, operand, `${path}.${op}`))
    if (terms.length === 0) throw invalid(path, `needs an operator: ${OPERATORS.join(', ')}`)
    return terms.length === 1 ? terms[0]! : { and: terms }
  }

  private term(field: string, op: string, value: unknown, path: string): FilterExpression {
    if (!isOperator(op)) throw invalid(path, `is not an operator; there are ${OPERATORS.join(', ')}`)
    if (++this.terms > LIMITS.filterTerms) throw invalid('filters', `must have at most ${LIMITS.filterTerms} terms`)
    return { field, op, value: this.operand(field, op, value, path) }
  }

  private operand(field: string, op: Operator, value: unknown, path: string): unknown {
    switch (op) {
      case 'exists':
        if (typeof value !== 'boolean') throw invalid(path, 'must be true or false')
        return value
      case 'in':
      case 'nin':
        if (!Array.isArray(value) || value.length > MAX_LIST) throw invalid(path, `must be a list of at most ${MAX_LIST} values`)
        return value.map((element, i) => this.scalar(field, element, `${path}[${i}]`))
      case 'contains':
        if (!isScalar(value)) throw invalid(path, 'must be a text, a number, true or false')
        // Tags and texts are searched for text; only metadata holds lists of other things.
        return field.startsWith('metadata.') ? value : String(value)
      case 'eq':
      case 'ne':
        if (Array.isArray(value)) throw invalid(path, 'must be one value; use "in" for any of a list, "contains" for a tag')
        return value === null && field !== 'tags' ? null : this.scalar(field, value, path)
      case 'gt':
      case 'gte':
      case 'lt':
      case 'lte':
        if (field === 'tags' || field === 'session_id') throw invalid(path, `has no order in ${field}`)
        if (typeof value !== 'number' && typeof value !== 'string') throw invalid(path, 'must be a number or a text')
        return this.scalar(field, value, path)
    }
  }

  private scalar(field: string, value: unknown, path: string): Scalar | Date {
    if (!isScalar(value)) throw invalid(path, 'must be a text, a number, true or false')
    if (field.startsWith('metadata.')) return value
    if (NUMBERS.has(field)) {
      if (typeof value !== 'number') throw invalid(path, 'must be a number')
      return value
    }
    if (TIMES.has(field)) {
      if (typeof value !== 'string' || !isInstant(value)) throw invalid(path, 'must be an ISO 8601 time with offset, or a date')
      return instantOf(value, this.zone)
    }
    if (typeof value !== 'string') throw invalid(path, 'must be a text')
    return value
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

function isScalar(value: unknown): value is Scalar {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

function isOperator(op: string): op is Operator {
  return (OPERATORS as readonly string[]).includes(op)
}
