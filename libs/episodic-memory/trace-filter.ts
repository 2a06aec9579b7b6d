import type { Kind, Retention } from './trace'

/** Operators of `filters`. */
export const OPERATORS = ['eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'in', 'nin', 'contains', 'exists'] as const
export type Operator = (typeof OPERATORS)[number]

/** Top-level fields that `filters` may name, beside `metadata.<path>`. */
export const FILTER_FIELDS = [
  'kind', 'role', 'speaker', 'retention', 'session_id', 'project', 'agent_id', 'category', 'tags',
  'salience', 'importance', 'confidence', 'occurred_at', 'created_at', 'content',
] as const

/** A validated filter expression: comparisons joined by AND, OR, NOT. */
export type FilterExpression =
  | { readonly and: readonly FilterExpression[] }
  | { readonly or: readonly FilterExpression[] }
  | { readonly not: FilterExpression }
  | { readonly field: string; readonly op: Operator; readonly value: unknown }

/** Which of a user's traces are meant. Lists mean "any of", except tags: all of. Every part must hold. */
export interface TraceFilter {
  readonly ids?: readonly string[]
  readonly kind?: readonly Kind[]
  readonly retention?: readonly Retention[]
  readonly sessionId?: string
  readonly project?: string
  readonly agentId?: string
  readonly category?: readonly string[]
  readonly tags?: readonly string[]
  readonly expression?: FilterExpression
  /** Bounds of occurredAt: from inclusive, until exclusive. */
  readonly occurredFrom?: Date
  readonly occurredUntil?: Date
}
