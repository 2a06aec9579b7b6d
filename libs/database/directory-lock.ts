import { closeSync, mkdirSync, openSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { tryLock, unlock } from 'fs-native-extensions'
import { StartupError } from '#kernel'

/**
 * An exclusive lock on a data directory. The kernel holds it for this process and lets go when it ends, however it ends: there is no
 * stale lock to clean up.
 * @throws StartupError when another process has it or the directory cannot be made
 */
export function lockDirectory(directory: string): () => void {
  const path = resolve(directory)
  let file: number
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
    file = openSync(join(path, 'lock'), 'a', 0o600)
  } catch (error) {
    throw new StartupError(`DATA_DIR ${path} cannot be written (${(error as NodeJS.ErrnoException).code})`,
      'give this user the right to write there, or set DATA_DIR to another directory', { cause: error })
  }
  if (!tryLock(file)) {
    closeSync(file)
    throw new StartupError(`DATA_DIR ${path} is in use by another process`, 'stop the other Reverie, or set DATA_DIR to another directory')
  }
  return () => {
    unlock(file)
    closeSync(file)
  }
}
