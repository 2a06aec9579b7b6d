import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common'
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import { JobQueue } from '#jobs'
import { notFound } from '#kernel'
import { NothingPipe } from '../http/validation.pipe'
import { FailedJobsDto, JobPathDto, presentFailedJob, RetriedDto } from '../wire/jobs.dto'

/** Jobs that used up their attempts: why, and once more. */
@ApiTags('maintenance')
@Controller('maintenance/jobs')
export class JobsController {
  constructor(private readonly queue: JobQueue) {}

  @Get()
  @ApiOperation({ summary: 'Jobs that failed for good, the last hundred, each with its reason (admin)' })
  @ApiOkResponse({ type: FailedJobsDto })
  async listFailedJobs(@Query(NothingPipe) _query: object): Promise<FailedJobsDto> {
    return { results: (await this.queue.failed()).map(presentFailedJob), next_cursor: null }
  }

  @Post(':id/retry')
  @HttpCode(200)
  @ApiOperation({ summary: 'Try a failed job anew, with all its attempts (admin)' })
  @ApiOkResponse({ type: RetriedDto })
  async retryJob(@Param() { id }: JobPathDto, @Query(NothingPipe) _query: object): Promise<RetriedDto> {
    if (!await this.queue.retry(id)) throw notFound(`failed job ${id}`)
    return { id }
  }
}
