import { readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Query } from './maintenance-session'

/** A table's file by its number: the table itself, a gigabyte of it that follows, or a map of its pages. */
const FILE = /^(\d+)(?:_(?:fsm|vm|init))?(?:\.\d+)?$/

/**
 * Removes files of an embedded database that belong to no table: a process that is killed while a table is written anew leaves the new file
 * behind, with everything in it, and Postgres never looks for such. Empty ones are about to be removed by Postgres itself.
 * @param directory of the database's files
 */
export async function removeOrphans(directory: string, query: Query): Promise<void> {
  const [database] = await query<{ oid: string }>('select oid::text as oid from pg_database where datname = current_database()')
  const folder = join(directory, 'base', database!.oid)
  // In this order: what is there now and in no table afterwards belongs to no transaction that was open in between, for there is one session.
  const files = readdirSync(folder)
  const rows = await query<{ file: string }>('select pg_relation_filenode(oid)::text as file from pg_class where pg_relation_filenode(oid) is not null')
  const known = new Set(rows.map(({ file }) => file))
  for (const name of files) {
    const number = FILE.exec(name)?.[1]
    const path = join(folder, name)
    if (number !== undefined && !known.has(number) && (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0) rmSync(path)
  }
}

/** What statements that were cut short had put aside: Postgres removes it at its start, the embedded one does not. Call before it starts. */
export function removeTemporaryFiles(directory: string): void {
  rmSync(join(directory, 'base', 'pgsql_tmp'), { recursive: true, force: true })
}
