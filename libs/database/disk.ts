import { accessSync, constants, statfsSync } from 'node:fs'

/** How full the file system of a directory is. */
export interface DiskState {
  /** What this user may still write there. */
  readonly freeBytes: number
  /** Below it nothing is stored any more, so that the log of what was stored always finds room. */
  readonly reserveBytes: number
}

const MIB = 1 << 20
/** What one statement may take: one of the longest message allowed, all of whose words are new, took 45 MiB. */
const LEAST_BYTES = 64 * MIB
/** Writes begin again only with this much more than the reserve, so that they do not come and go. */
const SLACK_BYTES = 16 * MIB

export const RESERVE_BYTES = 128 * MIB

/** The disk that a store lies on. It costs 2.5 µs to ask (`statfs`), so it is asked each time and nothing is kept. */
export class Disk {
  constructor(readonly directory: string, private readonly reserveBytes = RESERVE_BYTES) {}

  /** Undefined when there is no reserve, or the file system does not tell. */
  state(): DiskState | undefined {
    const freeBytes = this.free()
    return freeBytes === undefined ? undefined : { freeBytes, reserveBytes: this.reserveBytes }
  }

  /** Whether less than the reserve is free. @param shut whether it was so before */
  isLow(shut = false): boolean {
    return (this.free() ?? Infinity) < this.reserveBytes + (shut ? SLACK_BYTES : 0)
  }

  /** Whether there is not even room for what is under way. */
  isSpent(): boolean {
    return (this.free() ?? Infinity) < Math.min(LEAST_BYTES, this.reserveBytes)
  }

  /** Whether `bytes` more leave the reserve as it is. */
  hasRoomFor(bytes: number): boolean {
    return (this.free() ?? Infinity) >= this.reserveBytes + bytes
  }

  /** Why a store there may not open; undefined when it is not for the disk. */
  fault(): 'full' | 'read-only' | undefined {
    if ((statfs(this.directory) ?? Infinity) < LEAST_BYTES) return 'full'
    try {
      accessSync(this.directory, constants.W_OK)
      return undefined
    } catch {
      return 'read-only'
    }
  }

  private free(): number | undefined {
    return this.reserveBytes === 0 ? undefined : statfs(this.directory)
  }
}

/** Bytes; undefined where a file system does not tell (some have no size) or the directory is away. */
function statfs(directory: string): number | undefined {
  try {
    const { bavail, bsize, blocks } = statfsSync(directory)
    return blocks === 0 ? undefined : bavail * bsize
  } catch {
    return undefined
  }
}
