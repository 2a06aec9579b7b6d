import { type FileHandle, open, stat } from 'node:fs/promises'
import { type Clock, newId, ReverieError, StartupError } from '#kernel'
import { type LedgerLine, readLine, writeLine } from './ledger-lines'

/** A place between two lines. */
export interface LedgerPlace {
  /** Bytes before it. */
  readonly read: number
  /** Lines before it. */
  readonly lines: number
}

export const BEGINNING: LedgerPlace = { read: 0, lines: 0 }
const TORN = writeLine({ line: 'torn' })
const PIECE = 1 << 16
const NEWLINE = 0x0a

/**
 * A file to which lines are only ever added, by any number of processes: each call is one write at the end, on the disk before it is answered. What a crash
 * cut off at the end is marked as torn before anything follows it.
 */
export class LedgerFile {
  private handle: FileHandle | undefined
  private torn = false

  /** @param path of the file; without one nothing is kept */
  constructor(readonly path: string | undefined, private readonly clock: Clock) {}

  /**
   * Makes the file when it is missing (for its owner only), and reads which ledger it is.
   * @throws StartupError when it cannot be read or written
   */
  async open(): Promise<{ id: string; made: boolean }> {
    try {
      const made = await this.make()
      const handle = await this.reopen()
      const { size } = await handle.stat()
      const last = Buffer.alloc(1)
      if (size > 0) await handle.read(last, 0, 1, size - 1)
      this.torn = size > 0 && last[0] !== NEWLINE
      if (this.torn) await this.append([])
      for await (const { line } of this.from(BEGINNING)) if (line.line === 'ledger') return { id: line.id, made }
      throw new StartupError(`${this.path!} is no ledger of tombstones`, 'Set TOMBSTONE_LEDGER to the ledger, or to a file that does not exist yet.')
    } catch (cause) {
      throw cause instanceof StartupError ? cause : this.unusable(cause)
    }
  }

  /**
   * Finds out whether lines can be added, before anything is done that they are to tell of.
   * @throws ReverieError unavailable
   */
  async ready(): Promise<void> {
    if (this.path === undefined) return
    try {
      const there = await stat(this.path)
      const handle = this.handle ?? await this.reopen()
      if ((await handle.stat()).ino !== there.ino) await this.reopen()
    } catch (cause) {
      throw unavailable(cause)
    }
  }

  /**
   * Adds lines; they are on the disk when this resolves.
   * @throws ReverieError unavailable when they could not be written whole
   */
  async append(lines: readonly LedgerLine[]): Promise<void> {
    if (this.path === undefined) return
    try {
      const handle = this.handle ?? await this.reopen()
      const bytes = Buffer.from((this.torn ? `\n${TORN}` : '') + lines.map(writeLine).join(''))
      this.torn = false
      await handle.appendFile(bytes)
      await handle.datasync()
    } catch (cause) {
      // Perhaps a part of it is there.
      this.torn = true
      throw unavailable(cause)
    }
  }

  /**
   * The lines after a place, each with the place behind it; ends before a last one that is still being written.
   * @throws StartupError that names a line which is damaged
   */
  async* from(place: LedgerPlace): AsyncGenerator<{ line: LedgerLine; behind: LedgerPlace }> {
    let damaged: number | undefined
    for await (const { text, behind } of this.texts(place)) {
      const line = text === '' ? undefined : readLine(text)
      if (damaged !== undefined && line?.line !== 'torn') {
        if (text === '') continue
        throw this.damage(damaged)
      }
      if (text !== '' && line === undefined) damaged = behind.lines
      else damaged = undefined
      if (line !== undefined) yield { line, behind }
    }
    if (damaged !== undefined) throw this.damage(damaged)
  }

  async onModuleDestroy(): Promise<void> {
    await this.close()
  }

  private async close(): Promise<void> {
    await this.handle?.close()
    this.handle = undefined
  }

  private async make(): Promise<boolean> {
    const first = await open(this.path!, 'ax', 0o600).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return undefined
      throw error
    })
    if (first === undefined) return (await stat(this.path!)).size === 0 && await this.begin()
    await first.close()
    return this.begin()
  }

  private async begin(): Promise<true> {
    const at = this.clock.now()
    await this.reopen()
    await this.append([{ line: 'ledger', id: newId(at), at: at.toISOString() }])
    return true
  }

  private async reopen(): Promise<FileHandle> {
    await this.close()
    this.handle = await open(this.path!, 'a+', 0o600)
    return this.handle
  }

  /** Whole lines, without their ends. */
  private async* texts({ read, lines }: LedgerPlace): AsyncGenerator<{ text: string; behind: LedgerPlace }> {
    const file = await open(this.path!, 'r')
    try {
      const piece = Buffer.alloc(PIECE)
      let rest = Buffer.alloc(0)
      for (let at = read; ;) {
        const { bytesRead } = await file.read(piece, 0, PIECE, at)
        if (bytesRead === 0) return
        at += bytesRead
        rest = Buffer.concat([rest, piece.subarray(0, bytesRead)])
        let from = 0
        for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE, from)) {
          read += end + 1 - from
          yield { text: rest.toString('utf8', from, end), behind: { read, lines: ++lines } }
          from = end + 1
        }
        rest = rest.subarray(from)
      }
    } finally {
      await file.close()
    }
  }

  private damage(line: number): StartupError {
    return new StartupError(
      `Line ${line} of the ledger of tombstones ${this.path!} is damaged`,
      'Put the ledger of a back-up in its place, with the lines behind that one; or take the line out: what it tells of is then not kept away from a restored store.',
    )
  }

  private unusable(cause: unknown): StartupError {
    return new StartupError(
      `The ledger of tombstones ${this.path!} cannot be read and written (${codeOf(cause)})`,
      'Make its folder, with the right to write there, or set TOMBSTONE_LEDGER to another file, on another disk than the store if possible; off keeps none.', { cause },
    )
  }
}

function unavailable(cause: unknown): ReverieError {
  return new ReverieError('unavailable', `The ledger of tombstones cannot be written (${codeOf(cause)}): nothing was forgotten`, undefined, { cause })
}

function codeOf(cause: unknown): string {
  return (cause as NodeJS.ErrnoException).code ?? 'unknown error'
}
