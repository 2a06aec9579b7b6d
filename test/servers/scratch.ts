import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, statfsSync } from 'node:fs'
import { freemem } from 'node:os'
import { join } from 'node:path'

/** Memory as a folder, where a system has it. */
const MEMORY = '/dev/shm'
const PREFIX = 'reverie-tests-'
/** What a run needs is below 2 GB. Containers often have 64 MB of it. */
const FOLDER_BYTES = 4 * 2 ** 30
/** The run itself takes 4 GB. */
const FREE_BYTES = 8 * 2 ** 30

/**
 * Puts the temporary files of a run of jest, every store of it among them, into memory where there is plenty; TMPDIR, when it is set, stays.
 * A store is 1,200 files, and a disk that others write to let suites wait for minutes.
 */
export default function setup(): void {
  if (process.env.TMPDIR || !existsSync(MEMORY)) return
  for (const name of readdirSync(MEMORY)) if (name.startsWith(PREFIX) && !existsSync(`/proc/${name.slice(PREFIX.length)}`)) rmSync(join(MEMORY, name), { recursive: true, force: true })
  const { bavail, bsize } = statfsSync(MEMORY)
  if (bavail * bsize < FOLDER_BYTES || freemem() < FREE_BYTES) return
  const folder = join(MEMORY, `${PREFIX}${process.pid}`)
  mkdirSync(folder)
  // Postgres runs as another user than root.
  chmodSync(folder, 0o711)
  process.env.TMPDIR = folder
}

/** Removes what is left of them. */
export function giveBack(): void {
  const folder = join(MEMORY, `${PREFIX}${process.pid}`)
  if (process.env.TMPDIR === folder) delete process.env.TMPDIR
  rmSync(folder, { recursive: true, force: true })
}
