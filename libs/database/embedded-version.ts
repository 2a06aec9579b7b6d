import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { StartupError } from '#kernel'

/** Major version of the Postgres that PGlite is. */
export const EMBEDDED_MAJOR = 18

/**
 * Looks at which Postgres wrote the files of a store, before any is opened: one of another major version cannot read them, and there is no
 * program that rewrites them.
 * @returns whether there is one
 * @throws StartupError when it was another; nothing was touched
 */
export function checkEmbeddedVersion(files: string): boolean {
  let written: string
  try {
    written = readFileSync(join(files, 'PG_VERSION'), 'utf8').trim()
  } catch (error) {
    // A new store. Whatever else is wrong with the folder is told by opening it.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw new StartupError(`The files in ${files} cannot be read (${(error as NodeJS.ErrnoException).code})`, 'Give this user the right to read and write there.', { cause: error })
  }
  if (written === String(EMBEDDED_MAJOR)) return true
  throw new StartupError(
    `The store in ${files} was written by Postgres ${/^\d{1,3}$/.test(written) ? written : 'of an unknown version'}, and this release has Postgres ${EMBEDDED_MAJOR}; it is left as it is`,
    'Copy its folder. Start the release that wrote it, and export each user; start this one with an empty DATA_DIR, the former secret and the former ledger, and '
    + 'import them: docs/backup.md.',
  )
}
