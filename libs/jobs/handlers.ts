import { StartupError } from '#kernel'
import type { JobHandler } from './job-queue'
import { JOB_NAMES, type JobName } from './jobs'

/**
 * Handlers by the name of their job.
 * @throws StartupError for a job without one, or with two: it would lie there for ever, or be done by either
 */
export function handlersByName(handlers: readonly JobHandler[]): ReadonlyMap<string, JobHandler> {
  const byName = new Map<JobName, JobHandler>()
  for (const handler of handlers) {
    const other = byName.get(handler.job)
    if (other) throw refusal(`The job ${handler.job} has two handlers, ${other.constructor.name} and ${handler.constructor.name}.`)
    byName.set(handler.job, handler)
  }
  const missing = JOB_NAMES.find((name) => !byName.has(name))
  if (missing) throw refusal(`The job ${missing} has no handler.`)
  return byName
}

function refusal(message: string): StartupError {
  return new StartupError(message, 'Provide exactly one JobHandler for it where jobs are consumed.')
}
