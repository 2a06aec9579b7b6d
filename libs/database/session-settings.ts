/**
 * Settings of every session, on both stores. A custom plan each time: recall's statements depend on how much a user has. No JIT,
 * no parallel workers: they cost more than such short statements take. Statement and idle timeouts are set on neither: PGlite
 * ignores the one and hangs with the other.
 */
export const SESSION_SETTINGS = {
  plan_cache_mode: 'force_custom_plan',
  jit: 'off',
  max_parallel_workers_per_gather: '0',
  timezone: 'UTC',
  'hnsw.iterative_scan': 'relaxed_order',
  'hnsw.ef_search': '100',
} as const

/** As start-up options of a Postgres connection. */
export function asOptions(): string {
  return Object.entries(SESSION_SETTINGS).map(([name, value]) => `-c ${name}=${value}`).join(' ')
}

/** As statements, for a store whose sessions take no options. */
export function asStatements(): string {
  return Object.entries(SESSION_SETTINGS).map(([name, value]) => `set ${name} = '${value}'`).join('; ')
}
