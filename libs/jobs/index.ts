export { type FailedJob, type JobContext, JobHandler, type JobOptions, JobQueue, type JobQueueStatus } from './job-queue'
export { type JobName, type JobPayload } from './jobs'
export { lastTime } from './nightly'
export { JobsModule, type JobsOptions } from './jobs.module'
