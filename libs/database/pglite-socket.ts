import { EventEmitter } from 'node:events'
import { SESSION_BUSY, type DatabaseFault, SESSION_LOST } from './database-errors'
import type { PgliteSession, Tenant } from './pglite-session'
import { closeStatement, ENDS_BATCH, FrameReader, listens, refusal, renameStatement, sqlOf, SYNC, welcome } from './wire'

type Done = (error?: Error) => void

let sequence = 0

/**
 * What pg takes for the socket to a server. It collects messages until the client waits for an answer, sends them as one
 * batch when it has the session, and plays back the answer. Not a Duplex: that may write later, in another call chain, and
 * the call chain is how a second client inside a transaction is noticed.
 */
export class PgliteSocket extends EventEmitter implements Tenant {
  readonly channels = new Set<string>()
  writable = true
  private readonly id = ++sequence
  private readonly reader = new FrameReader()
  private readonly statements = new Set<string>()
  private batch: Buffer[] = []
  private sql: string[] = []
  private last: Promise<void> = Promise.resolve()

  constructor(private readonly session: PgliteSession) {
    super()
  }

  connect(): this {
    this.session.process.waitReady().then(
      () => {
        if (!this.writable) return
        this.session.join(this)
        this.emit('connect')
      },
      (error: Error) => this.destroy(error),
    )
    return this
  }

  write(chunk: Buffer, done?: Done): boolean {
    for (const message of this.reader.read(chunk)) {
      if (message.type === '') {
        this.play(welcome())
      } else if (message.type !== 'X') {
        const text = sqlOf(message)
        if (text !== undefined) this.sql.push(text)
        this.batch.push(renameStatement(message, (name) => this.rename(name)))
        if (ENDS_BATCH.has(message.type)) this.send()
      }
    }
    done?.()
    return true
  }

  /** Ends once what was sent has been answered. */
  end(): this {
    this.finish()
    return this
  }

  destroy(error?: Error): this {
    // Before `close`, which would tell the client nothing but that.
    if (this.writable && error) queueMicrotask(() => this.emit('error', error))
    this.finish()
    return this
  }

  notify(bytes: Buffer): void {
    this.play(bytes)
  }

  lost(error: Error): void {
    this.destroy(error)
  }

  cork(): void {}
  uncork(): void {}
  ref(): this { return this }
  unref(): this { return this }
  setNoDelay(): this { return this }
  setKeepAlive(): this { return this }

  private rename(name: string): string {
    const own = `c${this.id}_${name}`
    this.statements.add(own)
    return own
  }

  private send(): void {
    const batch = this.batch.length === 1 ? this.batch[0]! : Buffer.concat(this.batch)
    const sql = this.sql
    this.batch = []
    this.sql = []
    try {
      this.session.refuseSecond(this)
    } catch (error) {
      this.last = this.last.then(() => this.refuse(error as DatabaseFault))
      return
    }
    this.last = this.last.then(() => this.exec(batch, sql))
  }

  private async exec(batch: Buffer, sql: readonly string[]): Promise<void> {
    if (!this.writable) return
    const changes = sql.flatMap((text) => listens(text))
    for (const { channel, stop } of changes) {
      if (!stop) this.channels.add(channel)
      else if (channel === '*') this.channels.clear()
      else this.channels.delete(channel)
    }
    try {
      this.play(await this.session.exec(this, batch, sql, changes.some((c) => c.stop)))
    } catch (error) {
      this.refuse(error as DatabaseFault)
    }
  }

  /** The session is as it was before, except when it is gone. */
  private refuse(error: DatabaseFault): void {
    if (error.code === SESSION_BUSY || error.code === '25001') this.play(refusal(error.code, error.message))
    else this.destroy(error)
  }

  private play(bytes: Buffer): void {
    if (this.writable && bytes.length > 0) this.emit('data', bytes)
  }

  private finish(): void {
    if (!this.writable) return
    this.writable = false
    this.last = this.last.then(async () => {
      await this.forgetStatements()
      await this.session.leave(this)
      this.emit('close')
    })
  }

  /** A server would drop them with the connection. */
  private async forgetStatements(): Promise<void> {
    if (this.statements.size === 0) return
    try {
      await this.session.exec(this, Buffer.concat([...[...this.statements].map(closeStatement), SYNC]), [], false)
    } catch (error) {
      if ((error as DatabaseFault).code === SESSION_LOST) this.statements.clear()
    }
  }
}
