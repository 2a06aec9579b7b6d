import { randomUUID } from 'node:crypto'
import { type FileHandle, open, unlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'

const CHUNK = 64 * 1024

/**
 * A file for what is too large for memory and must not be left behind: only this user may open it, and its name is removed at once, so that
 * it is gone with the process however that ends.
 */
export class Spool {
  private size = 0

  private constructor(private readonly file: FileHandle) {}

  static async open(): Promise<Spool> {
    const path = join(tmpdir(), `reverie-${randomUUID()}`)
    const file = await open(path, 'wx+', 0o600)
    await unlink(path)
    return new Spool(file)
  }

  /** Bytes written. */
  get bytes(): number {
    return this.size
  }

  /** Appends. */
  async write(part: Uint8Array | string): Promise<void> {
    const bytes = typeof part === 'string' ? Buffer.from(part, 'utf8') : part
    let done = 0
    while (done < bytes.length) done += (await this.file.write(bytes, done, bytes.length - done, this.size + done)).bytesWritten
    this.size += bytes.length
  }

  /** What was written, from its beginning; may be read again. */
  async *read(): AsyncGenerator<Buffer> {
    for (let at = 0; at < this.size;) {
      const { bytesRead, buffer } = await this.file.read(Buffer.allocUnsafe(CHUNK), 0, CHUNK, at)
      if (bytesRead === 0) throw new Error('the spool was cut off')
      at += bytesRead
      yield buffer.subarray(0, bytesRead)
    }
  }

  /** The same as a stream, which closes the spool when it ends or is given up. */
  stream(): Readable {
    return Readable.from(this.read(), { objectMode: false }).once('close', () => void this.close())
  }

  async close(): Promise<void> {
    await this.file.close()
  }
}
