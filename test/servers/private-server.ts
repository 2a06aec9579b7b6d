import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findPrograms, unprivileged } from './find'
import { freePort } from './free-port'

type User = ReturnType<typeof unprivileged>

/** A server of our own on a free port, with its data in a folder of its own. It can be stopped and started like a real one. */
export abstract class PrivateServer {
  private child: ChildProcess | undefined

  protected constructor(readonly folder: string, readonly port: number, private readonly user: User) {}

  abstract readonly url: string
  protected abstract readonly command: readonly [program: string, ...args: string[]]
  /** What it writes when it takes connections. */
  protected abstract readonly readyLine: RegExp

  /** Resolves when it takes connections. */
  async start(): Promise<this> {
    const [program, ...args] = this.command
    const child = spawn(program, args, { ...this.user, cwd: this.folder, env: { PATH: process.env.PATH, LC_ALL: 'C' }, stdio: ['ignore', 'pipe', 'pipe'] })
    this.child = child
    let said = ''
    await new Promise<void>((resolve, reject) => {
      const hear = (text: Buffer): void => {
        said += text.toString()
        if (this.readyLine.test(said)) resolve()
      }
      child.stdout.on('data', hear)
      child.stderr.on('data', hear)
      child.once('error', reject)
      child.once('exit', () => reject(new Error(`${program} ended: ${said}`)))
    })
    return this
  }

  /** Whether it has ended by itself. */
  get ended(): boolean {
    return this.child !== undefined && (this.child.exitCode !== null || this.child.signalCode !== null)
  }

  /** Breaks its connections and ends it; the data stay. */
  async stop(signal: NodeJS.Signals = 'SIGINT'): Promise<void> {
    const { child } = this
    this.child = undefined
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill(signal)
    await ended
  }

  /** Stops answering without breaking connections, like a host that hangs; `go` goes on. */
  hang(): void {
    this.signal('SIGSTOP')
  }

  go(): void {
    this.signal('SIGCONT')
  }

  /** Ends it and removes its data. */
  async close(): Promise<void> {
    await this.stop()
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** To the server and to what it has started, which for Postgres is a process for each connection. */
  private signal(signal: NodeJS.Signals): void {
    const pid = this.child!.pid!
    for (const each of [String(pid), ...readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean)]) process.kill(Number(each), signal)
  }
}

function ownFolder(user: User, folder = mkdtempSync(join(tmpdir(), 'reverie-server-'))): string {
  if (user) chownSync(folder, user.uid, user.gid)
  return folder
}

function present(program: string | undefined, name: string): string {
  if (!program) throw new Error(`${name} is not installed`)
  return program
}

/** Postgres with one superuser, `tester`. Durability is off: these data are nobody's. */
export class PrivatePostgres extends PrivateServer {
  static readonly PASSWORD = 'a-password-for-tests'
  protected readonly readyLine = /database system is ready to accept connections/

  private constructor(folder: string, port: number, user: User, private readonly bin: string, private readonly settings: readonly string[]) {
    super(folder, port, user)
  }

  /**
   * Makes its data; not yet started.
   * @param settings more of postgresql.conf, as `name=value`
   * @param places empty folders for its data and for its write-ahead log, where they are not to be in one of its own
   */
  static async create(settings: readonly string[] = [], places: { readonly folder?: string; readonly log?: string } = {}): Promise<PrivatePostgres> {
    const bin = present(findPrograms().postgres, 'Postgres with pgvector')
    const user = unprivileged()
    const folder = ownFolder(user, places.folder)
    const log = places.log === undefined ? [] : [`--waldir=${join(ownFolder(user, places.log), 'log')}`]
    const password = join(folder, 'password')
    writeFileSync(password, this.PASSWORD, { mode: 0o644 })
    const args = ['-D', join(folder, 'data'), '-U', 'tester', '--auth=scram-sha-256', `--pwfile=${password}`, '--encoding=UTF8', '--locale=C', '--no-sync', ...log]
    execFileSync(join(bin, 'initdb'), args, { ...user, cwd: folder, stdio: 'pipe' })
    return new PrivatePostgres(folder, await freePort(), user, bin, settings)
  }

  get url(): string {
    return `postgresql://tester:${PrivatePostgres.PASSWORD}@127.0.0.1:${this.port}/postgres`
  }

  protected get command(): [string, ...string[]] {
    const settings = [
      'listen_addresses=127.0.0.1', `port=${this.port}`, `unix_socket_directories=${this.folder}`, 'max_connections=300', 'shared_buffers=128MB',
      'fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'autovacuum_naptime=10s', ...this.settings,
    ]
    return [join(this.bin, 'postgres'), '-D', join(this.folder, 'data'), ...settings.flatMap((setting) => ['-c', setting])]
  }
}

/** Redis without persistence unless asked for by `settings` (arguments of redis-server). */
export class PrivateRedis extends PrivateServer {
  protected readonly readyLine = /Ready to accept connections/

  private constructor(folder: string, port: number, private readonly program: string, private readonly settings: readonly string[]) {
    super(folder, port, undefined)
  }

  static async create(settings: readonly string[] = []): Promise<PrivateRedis> {
    return new PrivateRedis(ownFolder(undefined), await freePort(), present(findPrograms().redis, 'Redis'), settings)
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`
  }

  protected get command(): [string, ...string[]] {
    return [this.program, '--bind', '127.0.0.1', '--port', String(this.port), '--dir', this.folder, '--save', '', '--appendonly', 'no', ...this.settings]
  }
}
