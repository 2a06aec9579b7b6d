import { Logger } from '@nestjs/common'
import { type IQueueBackend, type Job, Queue, UnrecoverableError, WaitingError, Worker } from 'bullmq'
import { kindOfError, ReverieError } from '#kernel'
import { handlersByName } from './handlers'
import type { JobBackend } from './job-backend'
import { type FailedJob, type JobHandler, type JobOptions, JobQueue, type JobQueueStatus } from './job-queue'
import { JOBS, type JobName, type JobPayload, keepSecondsOf } from './jobs'
import { within } from './within'

export interface BullOptions {
  /** Name of the queue; those of one name share their jobs. */
  readonly name?: string
  /** Jobs done at once by this process. */
  readonly concurrency?: number
  /** Tries of a job, the first included. */
  readonly attempts?: number
  /** Wait before the second try; it doubles from try to try. Milliseconds. */
  readonly backoffMs?: number
  /** A worker that is silent for so long is taken for dead and its jobs are given to others. Milliseconds. */
  readonly lockMs?: number
  /** How long a caller waits for the queue. Milliseconds. */
  readonly waitMs?: number
}

const DEFAULTS = { name: 'reverie', concurrency: 2, attempts: 5, backoffMs: 2_000, lockMs: 30_000, waitMs: 4_000 }
/** Failed jobs that are kept, with their reasons. */
const FAILED_KEPT = 1_000
const FAILED_SHOWN = 100
/** Handlers that do not heed the signal get this long at the end. */
const CLOSE_MS = 8_000

/** Jobs by BullMQ, on whichever of its back ends. */
export class BullJobQueue extends JobQueue {
  private readonly logger = new Logger(JobQueue.name)
  private readonly options: Required<BullOptions>
  private readonly ending = new AbortController()
  private readonly queue: Queue<unknown, void, string, unknown, void, string, IQueueBackend>
  private worker: Worker<unknown, void, string, IQueueBackend> | undefined
  private closing: Promise<void> | undefined
  private problem: string | undefined

  private constructor(private readonly backend: JobBackend, options: BullOptions) {
    super()
    this.options = { ...DEFAULTS, ...options }
    this.queue = new Queue(this.options.name, { connection: backend.connection('ask') }, backend.factory)
    this.queue.on('error', (error) => this.tell(error))
  }

  /** Opens the queue; one whose store cannot be reached is opened all the same, for it may come back. */
  static async open(backend: JobBackend, options: BullOptions = {}): Promise<BullJobQueue> {
    await backend.open()
    const queue = new BullJobQueue(backend, options)
    for (const warning of (await queue.status()).warnings) queue.logger.warn(warning)
    return queue
  }

  async add<N extends JobName>(name: N, payload: JobPayload<N>, { id, delayMs = 0 }: JobOptions): Promise<void> {
    if (this.backend.inTransaction()) throw new Error(`the job ${name} was added inside a transaction: add it after the commit`)
    if (id.includes(':')) throw new Error(`the job id ${id} has a colon`)
    const data: unknown = JOBS[name].payload.parse(payload)
    const { attempts, backoffMs } = this.options
    const age = keepSecondsOf(name)
    await this.ask(async () => {
      const there = await this.queue.getJob(id)
      if (there && await there.isFailed()) await there.remove()
      await this.queue.add(name, data, {
        jobId: id, delay: Math.ceil(delayMs), attempts, backoff: { type: 'exponential', delay: backoffMs },
        removeOnComplete: age === undefined ? true : { age }, removeOnFail: { count: FAILED_KEPT },
      })
    })
  }

  async consume(handlers: readonly JobHandler[]): Promise<void> {
    const byName = handlersByName(handlers)
    const { name, concurrency, lockMs } = this.options
    this.worker = new Worker(name, (job, token) => this.work(byName, job, token), {
      connection: this.backend.connection('work'), concurrency, drainDelay: this.backend.idleSeconds, lockDuration: lockMs, stalledInterval: lockMs,
      // A worker that was killed did nothing wrong: its job may be taken over as often as it may be tried.
      maxStalledCount: this.options.attempts,
    }, this.backend.factory)
    this.worker.on('error', (error) => this.tell(error))
    this.worker.on('failed', (job, error) => this.logger.warn(`job ${job?.name} ${job?.id} failed (attempt ${job?.attemptsMade}): ${error.message}`))
  }

  async failed(): Promise<FailedJob[]> {
    const jobs = await this.ask(() => this.queue.getFailed(0, FAILED_SHOWN - 1))
    return jobs.map((job) => ({ id: job.id!, name: job.name, reason: job.failedReason ?? '', attempts: job.attemptsMade, at: new Date(job.finishedOn ?? job.timestamp) }))
  }

  async retry(id: string): Promise<boolean> {
    return this.ask(async () => {
      const job = await this.queue.getJob(id)
      if (!job || !await job.isFailed()) return false
      await job.retry('failed', { resetAttemptsMade: true })
      return true
    })
  }

  async progressOf(id: string): Promise<number | object | undefined> {
    const job = await this.ask(() => this.queue.getJob(id))
    return typeof job?.progress === 'object' || job?.progress ? job.progress as number | object : undefined
  }

  async status(): Promise<JobQueueStatus> {
    try {
      const [counts, warnings] = await this.ask(() => Promise.all([this.queue.getJobCounts('waiting', 'active', 'delayed', 'failed'), this.backend.warnings()]))
      const of = (state: string): number => counts[state] ?? 0
      return { backend: this.backend.name, counts: { waiting: of('waiting'), active: of('active'), delayed: of('delayed'), failed: of('failed') }, warnings }
    } catch {
      return { backend: this.backend.name, counts: undefined, warnings: ['the job queue does not answer: jobs wait until it does'] }
    }
  }

  close(): Promise<void> {
    return this.closing ??= this.end()
  }

  private async end(): Promise<void> {
    this.ending.abort()
    // A store that is down cannot be told good-bye; its connection is then dropped.
    for (const [part, ms] of [[this.worker, CLOSE_MS], [this.queue, this.options.waitMs]] as const) {
      if (!part) continue
      await within(ms, () => part.close()).catch(() => void part.disconnect().catch(() => undefined))
    }
    await this.backend.close()
  }

  private async work(handlers: ReadonlyMap<string, JobHandler>, job: Job, token: string | undefined): Promise<void> {
    const handler = handlers.get(job.name)
    if (!handler) throw new Error('this version does not know the job; a newer one may')
    const read = JOBS[handler.job].payload.safeParse(job.data)
    if (!read.success) throw new UnrecoverableError('its payload is malformed')
    try {
      await handler.handle(read.data, {
        id: job.id!, attempt: job.attemptsMade + 1, signal: this.ending.signal, progress: (done) => job.updateProgress(done),
      })
    } catch (error) {
      if (!this.ending.signal.aborted) throw new Error(reasonOf(error), { cause: error })
      await job.moveToWait(token)
      throw new WaitingError()
    }
  }

  private async ask<T>(work: () => Promise<T>): Promise<T> {
    const answer = await within(this.options.waitMs, work)
    this.problem = undefined
    return answer
  }

  /** A queue that is down is told once, not at every try to reach it. */
  private tell(error: Error): void {
    const problem = (error as NodeJS.ErrnoException).code ?? error.name
    if (problem === this.problem || this.ending.signal.aborted) return
    this.problem = problem
    this.logger.warn(`the job queue does not answer (${problem}); jobs wait until it does`)
  }
}

/** Why a job failed, in words that quote nothing. */
function reasonOf(error: unknown): string {
  return error instanceof ReverieError ? `${error.code}: ${error.message}` : kindOfError(error)
}
