import { Logger } from '@nestjs/common'
import { SESSION_SETTINGS } from './session-settings'

type Query = (text: string) => Promise<Record<string, string>[]>

/** pgvector's own, which an older one may not know; without them large users are found less well, and nothing breaks. */
const OF_VECTOR = /^hnsw\./

/**
 * Looks whether the settings that every session asks for at its start hold. Poolers that drop them (PgBouncer does, unless it is told to
 * ignore `options`) leave the role's own defaults: those are set then, where this user may, and hold for connections made afterwards.
 * @returns names of settings that do not hold in this session
 */
export async function checkSession(query: Query, logger: Pick<Logger, 'warn'> = new Logger('Database')): Promise<string[]> {
  // The library is loaded first: settings of an extension that is not there yet are placeholders, which only a superuser may keep.
  const [vector] = await query(`select extversion as version from pg_extension where extname = 'vector'`)
  if (vector) {
    await query(`select '[1]'::vector`)
    const [type] = await query(`select coalesce(to_regtype('halfvec')::text, 'vector') as name`)
    if (type!.name === 'vector') {
      logger.warn(`pgvector ${vector.version} has no halfvec (0.7 and newer have): vectors are kept as vector, in twice the space`)
    }
  }
  const names = Object.keys(SESSION_SETTINGS)
  const [now] = await query(`select ${names.map((name, i) => `current_setting('${name}', true) as s${i}`).join(', ')}`)
  const off = names.filter((name, i) => now![`s${i}`] !== SESSION_SETTINGS[name])
  const unknown = off.filter((name) => OF_VECTOR.test(name) && now![`s${names.indexOf(name)}`] === null)
  if (unknown.length > 0) logger.warn(`pgvector ${vector?.version} does not know ${unknown.join(', ')}: update it to 0.8 or newer, then: alter extension vector update`)
  const dropped = off.filter((name) => !unknown.includes(name))
  if (dropped.length > 0) await setDefaults(query, dropped, logger)
  return off
}

async function setDefaults(query: Query, names: readonly string[], logger: Pick<Logger, 'warn'>): Promise<void> {
  const [who] = await query('select quote_ident(session_user) as role, quote_ident(current_database()) as database')
  const statements = names.map((name) => `alter role ${who!.role} in database ${who!.database} set ${name} = '${SESSION_SETTINGS[name]}'`)
  const dropped = `the sessions of this connection do not have ${names.join(', ')}; something between here and Postgres drops start-up options`
  try {
    for (const statement of statements) await query(statement)
    logger.warn(`${dropped}. They are defaults of the role now: reconnect the pooler (PgBouncer: RECONNECT) and start again`)
  } catch {
    logger.warn(`${dropped}. Let an administrator run: ${statements.join('; ')}; then reconnect the pooler`)
  }
}
