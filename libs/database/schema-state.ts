import { StartupError } from '#kernel'

/**
 * How the schema in the store stands to the migrations of this build.
 *
 * A release and the one before it work side by side on one schema: additions come with the release that first needs them, and what it no
 * longer uses is taken away one release later. So a build is not stopped by migrations that it does not know, but by a schema that
 * says that it serves only later releases.
 */
export interface SchemaState {
  /** Migrations of this build that have not run. */
  readonly pending: readonly string[]
  /** Time stamp of this build's last migration; 0 when it has none. */
  readonly latest: number
  /** Time stamp of the last migration of the oldest release that works on the schema. */
  readonly servesSince: number
}

/** The time stamp at the end of a migration's name. */
export function timeStampOf(migration: string): number {
  return Number(/\d{13}$/.exec(migration)?.[0] ?? 0)
}

export function stateOf(known: readonly string[], run: readonly string[], servesSince: number): SchemaState {
  const done = new Set(run)
  return { pending: known.filter((name) => !done.has(name)), latest: Math.max(0, ...known.map(timeStampOf)), servesSince }
}

/** Why this build cannot work on the schema, with the cure; undefined when it can. */
export function schemaFault({ pending, latest, servesSince }: SchemaState): StartupError | undefined {
  // Without migrations of its own a program has no opinion.
  if (latest > 0 && latest < servesSince) {
    return new StartupError('The schema of the store is too new for this build: a later release has made it and serves none as old as this one',
      'Start the release that made it or a later one, or restore the backup that was taken before it.')
  }
  if (pending.length === 0) return undefined
  const first = pending.length > 1 ? `, the first of them ${pending[0]}` : ` (${pending[0]})`
  return new StartupError(`The schema of the store is too old for this build: ${pending.length} migration${pending.length > 1 ? 's have' : ' has'} not run${first}`,
    'Run `npm run migrate` once, then start again; or set DATABASE_MIGRATE=on, and each process migrates at its start.')
}
