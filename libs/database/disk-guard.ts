import type { Disk } from './disk'
import type { PgliteProcess } from './pglite-process'
import { queryFrame } from './wire'

/**
 * Keeps what would be stored out of an embedded store whose disk is nearly full. Its Postgres dies of a write-ahead log that cannot grow, and then
 * may not open either; refused in time, a statement fails alone. Postgres itself tells reads from writes: transactions are read-only then, but for
 * those that say `read write` (forgetting), which may go on into the reserve.
 */
export class DiskGuard {
  private started = false
  private shut = false
  /** Whether writes of the next batch are refused for the disk. */
  private refuses = false

  constructor(private readonly process: PgliteProcess, private readonly disk: Disk) {
    process.onLost(() => (this.shut = false))
  }

  /** What a start writes may use the reserve, so that a store whose disk is nearly full opens, to be read; no longer after this. */
  start(): void {
    this.started = true
  }

  /**
   * Call before each batch that goes to the session.
   * @param status of the session, as Answer has it
   */
  async heed(status: string | undefined): Promise<void> {
    const spent = status === 'T' && this.disk.isSpent()
    if (spent) await this.send('set transaction read only')
    if (status === 'I' && this.started && this.disk.isLow(this.shut) !== this.shut) {
      // Files of the log that are done with go, and some stay for what comes: so much of it has its room already.
      if (!this.shut) await this.send('checkpoint')
      const low = this.disk.isLow(this.shut)
      if (low !== this.shut) await this.send(`set default_transaction_read_only = ${low ? 'on' : 'off'}`)
      this.shut = low
    }
    this.refuses = this.shut || spent
  }

  /** The code by which the caller is to be told of an error: what is read-only then is so for the disk. */
  codeOf = (code: string): string => (code === '25006' && this.refuses ? '53100' : code)

  private async send(sql: string): Promise<void> {
    await this.process.exec(queryFrame(sql))
  }
}
