import { EventEmitter } from 'node:events'
import pg from 'pg'
import { serialize } from 'pg-protocol'
import type { BackendMessage, PgliteSession } from './pglite-session'

/** How long a client waits for the session before it gives up: a clear error instead of waiting for ever. Milliseconds. */
const WAIT_MS = 30_000

/** Lets one client at a time use the only session. */
class Turnstile {
  private owner: object | undefined
  private readonly queue: { who: object; enter: () => void; timer: NodeJS.Timeout }[] = []

  constructor(private readonly waitMs: number) {}

  enter(who: object): Promise<void> {
    if (this.owner === who) return Promise.resolve()
    if (this.owner === undefined) {
      this.owner = who
      return Promise.resolve()
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        const at = this.queue.findIndex((waiting) => waiting.who === who)
        if (at >= 0) this.queue.splice(at, 1)
        reject(Object.assign(new Error(`the embedded store was busy for ${this.waitMs} ms`), { code: '55P03' }))
      }, this.waitMs)
      this.queue.push({ who, timer, enter: resolve })
    })
  }

  leave(who: object): void {
    if (this.owner !== who) return
    const next = this.queue.shift()
    this.owner = next?.who
    if (next) {
      clearTimeout(next.timer)
      next.enter()
    }
  }
}

/** The parts of pg's modules that TypeORM and BullMQ use. */
export type PgDriver = Pick<typeof pg, 'Pool' | 'Client' | 'types' | 'defaults' | 'DatabaseError'>

/**
 * A driver with pg's interface over one PGlite session: many clients, one backend. A whole Parse…Sync batch is one call; a client
 * owns the session from its first message until the server is idle again, so transactions never interleave. What one client is
 * notified of, every client hears.
 */
export function createPgliteDriver(session: PgliteSession, waitMs = WAIT_MS): PgDriver {
  const turnstile = new Turnstile(waitMs)
  const connections = new Set<Connection>()

  class Connection extends EventEmitter {
    readonly parsedStatements = {}
    readonly submittedNamedStatements = {}
    readonly stream = { destroy: () => this.end(), cork: () => undefined, uncork: () => undefined, writable: true, setKeepAlive: () => undefined }
    private buffered: Buffer[] = []
    private tail: Promise<void> = Promise.resolve()
    private emitsMessages = false

    constructor() {
      super()
      this.on('newListener', (event) => {
        if (event === 'message') this.emitsMessages = true
      })
    }

    connect(): void {
      session.ready().then(() => {
        connections.add(this)
        process.nextTick(() => this.emit('readyForQuery', { name: 'readyForQuery', status: 'I' }))
      }, (error: Error) => this.emit('error', error))
    }

    // There is nobody to agree with on these.
    requestSsl(): void {}
    startup(): void {}
    cancel(): void {}
    password(): void {}
    ref(): void {}
    unref(): void {}
    /** A sync follows every flush that pg sends (cursors apart, which are not used). */
    flush(): void {}

    parse(query: Parameters<typeof serialize.parse>[0]): void { this.push(serialize.parse(query)) }
    bind(config: Parameters<typeof serialize.bind>[0]): void { this.push(serialize.bind(config)) }
    describe(message: Parameters<typeof serialize.describe>[0]): void { this.push(serialize.describe(message)) }
    execute(config: Parameters<typeof serialize.execute>[0]): void { this.push(serialize.execute(config)) }
    close(message: Parameters<typeof serialize.close>[0]): void { this.push(serialize.close(message)) }
    sync(): void { this.push(serialize.sync()); this.send() }
    query(text: string): void { this.push(serialize.query(text)); this.send() }
    sendCopyFromChunk(chunk: Buffer): void { this.push(serialize.copyData(chunk)) }
    endCopyFrom(): void { this.push(serialize.copyDone()); this.send() }
    sendCopyFail(message: string): void { this.push(serialize.copyFail(message)); this.send() }

    end(): void {
      this.tail = this.tail.then(async () => {
        // A client that leaves within a transaction leaves nothing of it.
        await session.exec(serialize.query('ROLLBACK')).catch(() => undefined).finally(() => turnstile.leave(this))
        connections.delete(this)
        this.emit('end')
      })
    }

    private push(message: Buffer): void {
      this.buffered.push(message)
    }

    private send(): void {
      const batch = Buffer.concat(this.buffered)
      this.buffered = []
      this.tail = this.tail.then(async () => {
        let answers: BackendMessage[]
        try {
          await turnstile.enter(this)
          answers = await session.exec(batch)
        } catch (error) {
          turnstile.leave(this)
          this.emit('error', error)
          return
        }
        if (answers.some((m) => m.name === 'readyForQuery' && m.status === 'I')) turnstile.leave(this)
        for (const message of answers) this.deliver(message)
      })
    }

    private deliver(message: BackendMessage): void {
      if (message.name === 'notification') {
        for (const connection of connections) connection.emit('notification', message)
        return
      }
      if (this.emitsMessages) this.emit('message', message)
      this.emit(message.name === 'error' ? 'errorMessage' : message.name, message)
    }
  }

  class Client extends pg.Client {
    constructor(config?: string | pg.ClientConfig) {
      super({ ...(typeof config === 'string' ? {} : config), user: 'postgres', password: 'none', connection: new Connection() } as pg.ClientConfig)
    }
  }

  class Pool extends pg.Pool {
    constructor(config?: pg.PoolConfig) {
      super({ max: 10, ...config, connectionString: undefined, host: undefined, port: undefined, Client } as pg.PoolConfig)
    }
  }

  return { Pool, Client, types: pg.types, defaults: pg.defaults, DatabaseError: pg.DatabaseError }
}
