import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { Parser } from 'pg-protocol/dist/parser'
import { asStatements } from './session-settings'

/** A message of Postgres' wire protocol, parsed. */
export interface BackendMessage {
  readonly name: string
  readonly status?: string
}

export interface PgliteOptions {
  /** Directory of the store; in memory without one. */
  readonly dataDir?: string
  /** A dumped data directory to begin with. */
  readonly snapshot?: Uint8Array
  /** A call that takes longer is taken for dead: the worker is replaced. Milliseconds. */
  readonly callTimeoutMs?: number
}

interface Pending {
  readonly resolve: (bytes: Uint8Array | undefined) => void
  readonly reject: (error: Error) => void
  readonly timer: NodeJS.Timeout
}

const CALL_TIMEOUT_MS = 120_000

/**
 * One PGlite in a worker thread, spoken to in wire protocol. A watchdog replaces a worker that does not answer (nothing inside can
 * time out): calls under way fail, the next one opens the store again.
 */
export class PgliteSession {
  private worker: Worker | undefined
  private opening: Promise<void> | undefined
  private readonly pending = new Map<number, Pending>()
  private lastId = 0
  private closed = false

  constructor(private readonly options: PgliteOptions = {}) {}

  /** Resolves when the store is open. */
  ready(): Promise<void> {
    if (this.closed) return Promise.reject(new Error('the embedded store is closed'))
    this.opening ??= this.open()
    return this.opening
  }

  /** Runs messages and answers what the server said to all of them. */
  async exec(buffer: Uint8Array): Promise<BackendMessage[]> {
    await this.ready()
    const bytes = await this.call('exec', buffer)
    const messages: BackendMessage[] = []
    if (bytes && bytes.length > 0) new Parser().parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), (m) => messages.push(m as BackendMessage))
    return messages
  }

  /** The whole data directory, to be loaded as `snapshot`. */
  async dump(): Promise<Uint8Array> {
    await this.ready()
    return (await this.call('dump'))!
  }

  async close(): Promise<void> {
    if (this.closed) return
    if (this.opening) {
      await this.opening.catch(() => undefined)
      if (this.worker) await this.call('close').catch(() => undefined)
    }
    this.closed = true
    await this.worker?.terminate()
  }

  private open(): Promise<void> {
    const { dataDir, snapshot } = this.options
    const worker = new Worker(join(__dirname, 'pglite.worker.cjs'), { workerData: { dataDir, snapshot, init: asStatements() } })
    this.worker = worker
    return new Promise((resolve, reject) => {
      const fail = (error: Error): void => {
        reject(error)
        this.discard(worker, error)
      }
      worker.on('message', (m: { ready?: true; fatal?: string; id: number; bytes?: Uint8Array; error?: string }) => {
        if (m.ready) return resolve()
        if (m.fatal !== undefined) return fail(new Error(`the embedded store does not open: ${m.fatal}`))
        const call = this.pending.get(m.id)
        this.pending.delete(m.id)
        clearTimeout(call?.timer)
        if (m.error === undefined) call?.resolve(m.bytes)
        else call?.reject(new Error(m.error))
      })
      worker.on('error', fail)
      worker.on('exit', () => fail(new Error('the embedded store stopped')))
    })
  }

  private call(op: 'exec' | 'dump' | 'close', buffer?: Uint8Array): Promise<Uint8Array | undefined> {
    return new Promise((resolve, reject) => {
      const worker = this.worker
      if (!worker) return reject(new Error('the embedded store stopped'))
      const id = ++this.lastId
      const limit = this.options.callTimeoutMs ?? CALL_TIMEOUT_MS
      const timer = setTimeout(() => this.discard(worker, new Error(`the embedded store did not answer within ${limit} ms; it is opened again`)), limit)
      this.pending.set(id, { resolve, reject, timer })
      worker.postMessage({ id, op, buffer })
    })
  }

  /** Forgets a worker: its calls fail, the next call opens another. */
  private discard(worker: Worker, error: Error): void {
    if (this.worker !== worker) return
    this.worker = undefined
    this.opening = undefined
    void worker.terminate()
    for (const call of this.pending.values()) {
      clearTimeout(call.timer)
      call.reject(error)
    }
    this.pending.clear()
  }
}
