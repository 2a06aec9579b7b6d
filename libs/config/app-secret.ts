import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { StartupError } from '#kernel'
import type { Settings } from './settings'

const LEAST = 16

/** The file beside DATA_DIR that keeps the embedded store's own secret. */
export function secretFile(dataDir: string): string {
  return `${resolve(dataDir)}.secret`
}

/**
 * APP_SECRET, or for an embedded store without one its own: read from the file beside DATA_DIR, made there at the first start.
 * It lies beside the data and not in them, so that a copy of the data alone does not undo the keyed hashes in it.
 * @throws StartupError when the file cannot be read or written, or holds too little
 */
export function loadAppSecret(settings: Pick<Settings, 'store' | 'security'>): string {
  if (settings.security.appSecret) return settings.security.appSecret
  const path = secretFile(settings.store.dataDir)
  try {
    return read(path) ?? make(path)
  } catch (cause) {
    if (cause instanceof StartupError) throw cause
    throw new StartupError(
      `The secret of the store cannot be kept in ${path} (${(cause as NodeJS.ErrnoException).code ?? 'unknown error'})`,
      'Make that file readable and its folder writable, or set APP_SECRET.', { cause },
    )
  }
}

/** Where a store's former secret may be found again, for whoever starts it with another one. */
export function secretCure({ store, security }: Pick<Settings, 'store' | 'security'>): string {
  const file = secretFile(store.dataDir)
  if (!security.appSecret) return `Restore ${file} from a backup, or set APP_SECRET to what it held.`
  const orFile = store.backend === 'embedded' && existsSync(file) ? `, or take it out if the store was written with that of ${file}` : ''
  return `Set APP_SECRET to the former secret${orFile}.`
}

function read(path: string): string | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8').trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  if (text.length < LEAST) {
    throw new StartupError(
      `${path} holds no secret of ${LEAST} characters or more`, 'Restore it from a backup: without it, what was forgotten could come back.',
    )
  }
  return text
}

/** Written whole under another name and linked, so that two starts at once agree on one secret and nobody reads half of it. */
function make(path: string): string {
  mkdirSync(dirname(path), { recursive: true })
  const half = `${path}.${process.pid}.tmp`
  const file = openSync(half, 'wx', 0o600)
  try {
    writeSync(file, `${randomBytes(32).toString('base64url')}\n`)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  try {
    linkSync(half, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(half, { force: true })
  }
  return read(path)!
}
