import { createZodDto } from 'nestjs-zod'
import { z } from 'zod'
import type { FailedJob } from '#jobs'
import { iso } from './presenters'

const Job = z.object({
  id: z.string(), name: z.string(), reason: z.string().describe('Why the last attempt failed, in words that quote nothing.'), attempts: z.int(), failed_at: z.iso.datetime(),
})

export class FailedJobsDto extends createZodDto(z.object({ results: z.array(Job), next_cursor: z.null() })) {}
export class RetriedDto extends createZodDto(z.object({ id: z.string() })) {}
export class JobPathDto extends createZodDto(z.strictObject({ id: z.string().min(1).max(256) })) {}

export function presentFailedJob({ id, name, reason, attempts, at }: FailedJob): z.infer<typeof Job> {
  return { id, name, reason, attempts, failed_at: iso(at) }
}
