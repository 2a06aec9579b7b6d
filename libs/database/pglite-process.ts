import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { DatabaseFault, DISK_DENIES, DISK_HOLDS_NONE, SESSION_LOST } from './database-errors'
import type { Disk } from './disk'
import { SESSION_SQL } from './session-settings'

export interface PgliteOptions {
  /** Directory of the database's files; in memory when missing, and then empty again after a restart. */
  readonly dataDir?: string
  /** How long a call may take, in ms, before the database counts as hung and is restarted. Default 120,000. */
  readonly limitMs?: number
  /** Where dataDir lies: asked when it does not open. */
  readonly disk?: Disk
}

interface Answer {
  readonly id?: number
  readonly ready?: true
  readonly fatal?: string
  readonly bytes?: Uint8Array
  readonly error?: string
}
interface Call {
  readonly resolve: (bytes: Uint8Array) => void
  readonly reject: (error: Error) => void
  readonly timer: NodeJS.Timeout
}
type Request = { op: 'exec'; bytes: Uint8Array } | { op: 'close' }

const LIMIT_MS = 120_000
const CLOSE_LIMIT_MS = 20_000
/** One that does not open is not tried again for each request: it takes half a second of a processor. */
const PAUSE_MS = 1_000
const NOTHING = new Uint8Array()

/**
 * The embedded Postgres in its thread. It has one session, which speaks the wire protocol. When it hangs or breaks it is ended,
 * all who wait get an error of code SESSION_LOST, and the next call starts it anew from its files.
 */
export class PgliteProcess {
  private readonly limitMs: number
  private readonly calls = new Map<number, Call>()
  private readonly lostListeners: ((error: Error) => void)[] = []
  private worker: Worker | undefined
  private opening: Promise<Worker> | undefined
  private stopped: Promise<unknown> = Promise.resolve()
  private refused: { readonly error: Error; readonly until: number } | undefined
  private closed = false
  private sequence = 0

  constructor(private readonly options: PgliteOptions = {}) {
    this.limitMs = options.limitMs ?? LIMIT_MS
  }

  /** Resolves when the database takes calls; starts it if need be. Rejects with the reason it does not open. */
  async waitReady(): Promise<void> {
    await this.open()
  }

  /**
   * Sends whole protocol messages and returns all that the database answers. One at a time: the session is shared.
   * @param limitMs instead of the general limit, for a statement that is known to be long
   */
  async exec(bytes: Uint8Array, limitMs = this.limitMs): Promise<Uint8Array> {
    return this.call(await this.open(), { op: 'exec', bytes }, limitMs)
  }

  /** Gives up a session that has ended by itself, for this reason; the next call starts the database anew. */
  ended(error: Error): void {
    if (this.worker) this.lose(this.worker, error)
  }

  /** Called with the reason each time the session was lost, and everything that belonged to it. */
  onLost(listener: (error: Error) => void): void {
    this.lostListeners.push(listener)
  }

  /** Ends the database in order. Calls after this are refused. */
  async close(): Promise<void> {
    if (this.closed) return this.stopped.then(() => {})
    this.closed = true
    const worker = await this.opening?.catch(() => undefined)
    if (worker && worker === this.worker) {
      this.stopped = this.call(worker, { op: 'close' }, CLOSE_LIMIT_MS).catch(() => {}).then(() => worker.terminate())
    }
    await this.stopped
  }

  private open(): Promise<Worker> {
    if (this.closed) return Promise.reject(new DatabaseFault('the database is closed', SESSION_LOST))
    if (this.refused && performance.now() < this.refused.until) return Promise.reject(this.refused.error)
    this.opening ??= this.start()
    return this.opening
  }

  private async start(): Promise<Worker> {
    // Two of them over the same files would destroy these.
    await this.stopped
    const { dataDir } = this.options
    const worker = new Worker(join(__dirname, 'pglite.worker.cjs'), { workerData: { dataDir, init: SESSION_SQL } })
    this.worker = worker
    return new Promise((resolve, reject) => {
      let opened = false
      const failed = (reason: string) => {
        const error = new DatabaseFault(reason, opened ? SESSION_LOST : this.codeOfDisk())
        if (!opened) this.refused = { error, until: performance.now() + PAUSE_MS }
        this.lose(worker, error)
        reject(error)
      }
      const timer = setTimeout(() => failed(`the database did not open within ${this.limitMs / 1000} s`), this.limitMs)
      worker.on('message', (answer: Answer) => {
        if (answer.ready) {
          clearTimeout(timer)
          opened = true
          resolve(worker)
        } else if (answer.fatal !== undefined) {
          clearTimeout(timer)
          failed(answer.fatal)
        } else {
          this.settle(worker, answer)
        }
      })
      worker.on('error', (error) => failed(`the database broke down: ${error.message}`))
      worker.on('exit', () => {
        clearTimeout(timer)
        failed('the database ended')
      })
    })
  }

  /** The code of an error of not opening. */
  private codeOfDisk(): string {
    const fault = this.options.disk?.fault()
    if (fault === 'full') return DISK_HOLDS_NONE
    return fault === 'read-only' ? DISK_DENIES : SESSION_LOST
  }

  private call(worker: Worker, request: Request, limitMs: number): Promise<Uint8Array> {
    if (worker !== this.worker) return Promise.reject(new DatabaseFault('the database was restarted', SESSION_LOST))
    return new Promise((resolve, reject) => {
      const id = ++this.sequence
      const timer = setTimeout(() => {
        this.lose(worker, new DatabaseFault(`the database did not answer within ${limitMs / 1000} s and was restarted`, SESSION_LOST))
      }, limitMs)
      this.calls.set(id, { resolve, reject, timer })
      worker.postMessage({ id, ...request })
    })
  }

  private settle(worker: Worker, { id, bytes, error }: Answer): void {
    const call = this.calls.get(id!)
    if (!call) return
    if (error !== undefined) return this.lose(worker, new DatabaseFault(`the database broke down: ${error}`, SESSION_LOST))
    this.calls.delete(id!)
    clearTimeout(call.timer)
    call.resolve(bytes ?? NOTHING)
  }

  private lose(worker: Worker, error: Error): void {
    if (worker !== this.worker) return
    this.worker = undefined
    this.opening = undefined
    this.stopped = worker.terminate()
    for (const call of this.calls.values()) {
      clearTimeout(call.timer)
      call.reject(error)
    }
    this.calls.clear()
    for (const listener of this.lostListeners) listener(error)
  }
}
