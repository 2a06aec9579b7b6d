/**
 * Settings of every session, on both stores. A custom plan each time lets the planner see whose rows are asked for (a small
 * user is searched exactly, a large one by index); the rest suits many short queries on few processors.
 */
export const SESSION_SETTINGS: Readonly<Record<string, string>> = {
  plan_cache_mode: 'force_custom_plan',
  jit: 'off',
  max_parallel_workers_per_gather: '0',
  'hnsw.iterative_scan': 'relaxed_order',
  'hnsw.ef_search': '200',
  timezone: 'UTC',
}

/** The form that a Postgres start-up message takes. */
export const SESSION_OPTIONS = Object.entries(SESSION_SETTINGS).map(([name, value]) => `-c ${name}=${value}`).join(' ')

/** The form for a session that is already open. */
export const SESSION_SQL = Object.entries(SESSION_SETTINGS).map(([name, value]) => `set ${name} = '${value}'`).join('; ')
