import { type AmbientTransaction, SECOND_CLIENT } from './ambient-transaction'
import { DatabaseFault, isDiskFault, SESSION_BUSY, SESSION_LOST } from './database-errors'
import type { DiskGuard } from './disk-guard'
import type { PgliteProcess } from './pglite-process'
import { queryFrame, readAnswer } from './wire'

/** One who uses the session as if it were its own. */
export interface Tenant {
  readonly channels: ReadonlySet<string>
  notify(bytes: Buffer): void
  /** The session is gone, and with it all that the tenant had there. */
  lost(error: Error): void
}

interface Waiter {
  readonly tenant: Tenant
  readonly start: () => void
  readonly fail: (error: Error) => void
  readonly timer: NodeJS.Timeout
}

const WAIT_MS = 30_000
/** A long time, for statements whose work grows with the store. */
const MAINTENANCE_MS = 3_600_000
const MAINTENANCE = /^\s*(vacuum|analyze|reindex|cluster|create\s+(unique\s+)?index|alter\s+table)\b/i

/**
 * The only session of the embedded database, shared by many clients: whoever sends has it until it is idle again, so
 * transactions never mix. Who waits for it too long is told.
 */
export class PgliteSession {
  private readonly tenants = new Set<Tenant>()
  private readonly waiters: Waiter[] = []
  private owner: Tenant | undefined
  /** As the session said last: see Answer. */
  private status: string | undefined = 'I'

  /**
   * @param waitMs how long a client waits for the others, in ms
   * @param guard of the disk, when the database lies on one
   */
  constructor(readonly process: PgliteProcess, readonly ambient: AmbientTransaction, private readonly waitMs = WAIT_MS, private readonly guard?: DiskGuard) {
    process.onLost((error) => this.lose(error))
  }

  join(tenant: Tenant): void {
    this.tenants.add(tenant)
  }

  /** Lets go of the session if the tenant has it, ending its transaction. */
  async leave(tenant: Tenant): Promise<void> {
    this.tenants.delete(tenant)
    if (this.owner !== tenant) return
    try {
      await this.process.exec(queryFrame('rollback'))
      this.status = 'I'
    } catch {
      // Lost with the session.
    }
    this.release(tenant)
  }

  /** Throws when the call chain is in a transaction of another tenant: waiting for that one would never end. */
  refuseSecond(tenant: Tenant): void {
    if (this.ambient.current && this.owner !== tenant) throw new DatabaseFault(SECOND_CLIENT, '25001')
  }

  /**
   * Sends a batch when it is the tenant's turn and returns what the tenant is to read.
   * @param sql texts of the statements in the batch
   * @throws DatabaseFault SESSION_BUSY when its turn did not come; SESSION_LOST when the session ended, or the code with which it did
   */
  async exec(tenant: Tenant, batch: Buffer, sql: readonly string[], unlistened: boolean): Promise<Buffer> {
    await this.acquire(tenant)
    await this.guard?.heed(this.status)
    const bytes = new Uint8Array(batch)
    const limitMs = sql.some((text) => MAINTENANCE.test(text)) ? MAINTENANCE_MS : undefined
    const answer = readAnswer(await this.process.exec(bytes, limitMs), this.guard?.codeOf)
    if (answer.end) throw this.endedBy(answer.end)
    this.status = answer.status
    if (unlistened) await this.listenAgain()
    if (answer.status === 'I') this.release(tenant)
    for (const { channel, bytes } of answer.notifications) {
      for (const t of this.tenants) if (t.channels.has(channel)) t.notify(bytes)
    }
    return answer.own
  }

  /** It says so itself, and then answers nothing any more. */
  private endedBy({ code, message }: { readonly code: string; readonly message: string }): DatabaseFault {
    const error = new DatabaseFault(`the database ended: ${message}`, isDiskFault(code) ? code : SESSION_LOST)
    this.process.ended(error)
    return error
  }

  /** One tenant's UNLISTEN stops the session from listening, for all: take back what the others still want. */
  private async listenAgain(): Promise<void> {
    const channels = new Set([...this.tenants].flatMap((t) => [...t.channels]))
    if (channels.size === 0) return
    await this.process.exec(queryFrame([...channels].map((c) => `listen "${c.replaceAll('"', '""')}"`).join('; ')))
  }

  private acquire(tenant: Tenant): Promise<void> | void {
    if (this.owner === tenant) return
    if (!this.owner) {
      this.owner = tenant
      return
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiters.splice(this.waiters.indexOf(waiter), 1)
        const seconds = this.waitMs / 1000
        reject(new DatabaseFault(`the embedded database was taken by another transaction for ${seconds} s`, SESSION_BUSY))
      }, this.waitMs)
      const waiter = { tenant, start: resolve, fail: reject, timer }
      this.waiters.push(waiter)
    })
  }

  private release(tenant: Tenant): void {
    if (this.owner !== tenant) return
    const next = this.waiters.shift()
    this.owner = next?.tenant
    if (!next) return
    clearTimeout(next.timer)
    next.start()
  }

  private lose(error: Error): void {
    this.owner = undefined
    this.status = 'I'
    for (const waiter of this.waiters.splice(0)) {
      clearTimeout(waiter.timer)
      waiter.fail(error)
    }
    for (const tenant of [...this.tenants]) tenant.lost(error)
  }
}
