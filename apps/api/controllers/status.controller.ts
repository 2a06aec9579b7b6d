import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common'
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import { StatsReader } from '#episodic-memory'
import { RecallLog } from '#recall'
import { StatusReporter } from '../status-reporter'
import { userFrom } from '../wire/aliases'
import { AnalyticsDto, StatsDto, StatusDto } from '../wire/answers'
import { AnalyticsQueryDto, UserQueryDto } from '../wire/common.dto'
import { presentStatistics, presentStats } from '../wire/presenters'

/** How full memory is. */
@ApiTags('status')
@Controller('memory')
export class StatusController {
  constructor(private readonly stats: StatsReader, private readonly reporter: StatusReporter, private readonly log: RecallLog) {}

  @Get('status')
  @ApiOperation({ summary: 'The store, its partitions, the embedding model' })
  @ApiOkResponse({ type: StatusDto })
  async status(@Query() query: UserQueryDto): Promise<StatusDto> {
    // The store is everybody's, but a key does not speak for another user even here.
    userFrom(query)
    return this.reporter.status()
  }

  @Get('stats')
  @ApiOperation({ summary: 'What a user has' })
  @ApiOkResponse({ type: StatsDto })
  async statistics(@Query() query: UserQueryDto): Promise<StatsDto> {
    return presentStats(await this.stats.ofUser(userFrom(query)))
  }

  @Get('analytics')
  @ApiOperation({ summary: 'What was recalled lately, and how it went' })
  @ApiOkResponse({ type: AnalyticsDto })
  async analytics(@Query() query: AnalyticsQueryDto): Promise<AnalyticsDto> {
    return presentStatistics(await this.log.statistics(userFrom(query), query.limit ?? 20))
  }

  @Post('initialize')
  @HttpCode(200)
  @ApiOperation({ summary: 'Answers the status: there is nothing to initialize any more', deprecated: true })
  @ApiOkResponse({ type: StatusDto })
  async initialize(@Body() body: UserQueryDto, @Query() query: UserQueryDto): Promise<StatusDto> {
    userFrom(query, body)
    return this.reporter.status()
  }
}
