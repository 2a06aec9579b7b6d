import type { JobName, JobPayload } from './jobs'

export interface JobOptions {
  /** Says what the job is about, so that whoever adds it twice adds it once. Without `:`, which the back ends keep for themselves. */
  readonly id: string
  /** Milliseconds before it may begin. */
  readonly delayMs?: number
}

/** What a handler knows of its job beside the payload. */
export interface JobContext {
  readonly id: string
  /** 1 for the first try. */
  readonly attempt: number
  /** Aborted when this process is to end: a handler that throws then gives its job back, at no cost to its attempts. */
  readonly signal: AbortSignal
  /** Tells how far it is; `status` of the job shows it. */
  progress(done: number | object): Promise<void>
}

/** Does the jobs of one name. Providers of this class are found by JobRunner. */
export abstract class JobHandler<N extends JobName = JobName> {
  abstract readonly job: N
  /** Throws to have it tried again, with back-off, until its attempts are used up. */
  abstract handle(payload: JobPayload<N>, context: JobContext): Promise<void>
}

export interface FailedJob {
  readonly id: string
  readonly name: string
  /** Without content: what users said does not belong in a queue. */
  readonly reason: string
  readonly attempts: number
  readonly at: Date
}

export interface JobQueueStatus {
  readonly backend: 'redis' | 'postgresql' | 'embedded'
  /** Undefined when the queue does not answer. */
  readonly counts: { readonly waiting: number; readonly active: number; readonly delayed: number; readonly failed: number } | undefined
  /** What an operator should change. */
  readonly warnings: readonly string[]
}

/** What is to be done later, by this process or another. Every call answers or fails within seconds, whatever the queue's store does. */
export abstract class JobQueue {
  /**
   * Adds a job, unless one with this id waits, runs, or is remembered as finished; one that has failed is tried anew. Never inside a
   * transaction: what it is about must be committed first.
   * @throws ReverieError unavailable when the queue does not answer; it may still be added when the queue is back
   */
  abstract add<N extends JobName>(name: N, payload: JobPayload<N>, options: JobOptions): Promise<void>
  /**
   * Begins to work.
   * @throws StartupError unless there is exactly one handler for each job
   */
  abstract consume(handlers: readonly JobHandler[]): Promise<void>
  /** Jobs that used up their attempts, the last one first. @throws ReverieError unavailable */
  abstract failed(): Promise<FailedJob[]>
  /** Tries a job anew that used up its attempts. False when there is none of that id. @throws ReverieError unavailable */
  abstract retry(id: string): Promise<boolean>
  /** How the queue is; never throws. */
  abstract status(): Promise<JobQueueStatus>
  /** How far a job that is under way is; undefined when it said nothing or is gone. @throws ReverieError unavailable */
  abstract progressOf(id: string): Promise<number | object | undefined>
  /** Takes no new job, gives back those whose handlers heed the signal, waits for the others. Safe to call again. */
  abstract close(): Promise<void>
}
