import { closeSync, ftruncateSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { tryLock } from 'fs-native-extensions'
import { StartupError, TakenError } from '#kernel'

const LOCK_FILE = 'reverie.lock'

/** Held until `release`, or until the process ends in any way: the kernel lets go of it then. */
export interface DirectoryLock {
  release(): void
}

/**
 * Makes the directory when it is missing (for its owner only) and takes it for this process alone: two embedded databases
 * over the same files would destroy them.
 * @throws StartupError when it cannot be made or written, or another process has it.
 */
export function lockDirectory(directory: string): DirectoryLock {
  const fd = open(directory)
  let free: boolean
  try {
    free = tryLock(fd)
  } catch (error) {
    closeSync(fd)
    throw new StartupError(
      `The data directory ${directory} is on a file system without locks (${codeOf(error)}).`,
      'Set DATA_DIR to a directory on a local disk.',
      { cause: error },
    )
  }
  if (!free) {
    const holder = readHolder(fd)
    closeSync(fd)
    throw new TakenError(
      `The data directory ${directory} is in use by another process${holder}.`,
      'Stop that process, or set DATA_DIR to another directory. To run several processes, use a Postgres server (DATABASE_URL).',
    )
  }
  tellHolder(fd, directory)
  let held = true
  return {
    release: () => {
      if (held) closeSync(fd)
      held = false
    },
  }
}

function open(directory: string): number {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    // Neither truncated nor append-only: its holder's process id must stay readable.
    return openSync(join(directory, LOCK_FILE), 'a+', 0o600)
  } catch (error) {
    throw unwritable(directory, error)
  }
}

function tellHolder(fd: number, directory: string): void {
  try {
    ftruncateSync(fd)
    writeSync(fd, `${process.pid}\n`, 0)
  } catch (error) {
    closeSync(fd)
    throw unwritable(directory, error)
  }
}

function unwritable(directory: string, error: unknown): StartupError {
  const code = codeOf(error)
  if (code === 'ENOSPC') {
    return new StartupError(`The disk of the data directory ${directory} is full.`, 'Free some space on it, give it more, or set DATA_DIR to a directory on another disk.', { cause: error })
  }
  return new StartupError(
    `The data directory ${directory} cannot be made or written (${code}).`,
    'Give this user the right to write there, or set DATA_DIR to a directory that it may write.',
    { cause: error },
  )
}

function readHolder(fd: number): string {
  const text = Buffer.alloc(32)
  const pid = Number.parseInt(text.toString('latin1', 0, readSync(fd, text, 0, text.length, 0)), 10)
  return Number.isInteger(pid) ? ` (process ${pid})` : ''
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error)
}
