import { z } from 'zod'

interface JobKind {
  readonly payload: z.ZodType
  /** Seconds that a finished job is remembered, so that adding its id again does nothing. Without: it may be added again at once. */
  readonly keepSeconds?: number
}

/** Every job there is. A payload names what is to be done by ids, and never holds what users said: a queue's store is not the memory. */
export const JOBS = {
  /** Plan the dreams of everybody whose night has come. Many replicas add it under one id. */
  'dream-night': { payload: z.strictObject({ at: z.iso.datetime() }), keepSeconds: 86_400 },
  /** Dream one run of one user: what it is stands in dream_run. */
  'dream-run': { payload: z.strictObject({ user: z.uuid(), run: z.uuid() }) },
  /** Do for the store as a whole what is due since a night began. Many replicas add it under one id. */
  maintenance: { payload: z.strictObject({ night: z.iso.datetime() }), keepSeconds: 86_400 },
} as const satisfies Readonly<Record<string, JobKind>>

export type JobName = keyof typeof JOBS
export type JobPayload<N extends JobName> = z.output<(typeof JOBS)[N]['payload']>

export const JOB_NAMES = Object.keys(JOBS) as readonly JobName[]

/** How long a finished job of this name is remembered, in seconds; undefined: not at all. */
export function keepSecondsOf(name: JobName): number | undefined {
  return (JOBS[name] as JobKind).keepSeconds
}
