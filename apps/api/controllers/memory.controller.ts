import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Patch, Post, Query } from '@nestjs/common'
import { ApiCreatedResponse, ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import { Settings } from '#config'
import { tierOf, type Trace, TraceReader } from '#episodic-memory'
import { Clock, notFound } from '#kernel'
import { CorrectService, RememberService } from '#remember'
import { FocusBuffer } from '#working-memory'
import { Forgetter } from '../forgetter'
import { Metrics } from '../http/metrics'
import { UserZones } from '../user-zones'
import { userFrom } from '../wire/aliases'
import { ForgetAnswerDto, type ForgetPreviewDto, type MemoryAnswer, MemoryListDto, only, RememberAnswerDto } from '../wire/answers'
import { IdPathDto, UserQueryDto } from '../wire/common.dto'
import { encodeCursor } from '../wire/cursors'
import { DeleteQueryDto, idOf } from '../wire/forget.dto'
import { presentFocusOnly, presentMemory, presentRemembered } from '../wire/presenters'
import { ListQueryDto, pageOf, toTraceFilter } from '../wire/recall.dto'
import { idempotencyKeyOf, PatchDto, RememberDto, timesOf, toCorrection, toRememberInput } from '../wire/remember.dto'

/** Memories: making them, and one at a time. */
@ApiTags('memory')
@Controller('memory')
export class MemoryController {
  constructor(
    private readonly rememberService: RememberService,
    private readonly correctService: CorrectService,
    private readonly forgetter: Forgetter,
    private readonly traces: TraceReader,
    private readonly focus: FocusBuffer,
    private readonly zones: UserZones,
    private readonly settings: Settings,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
  ) {}

  @Post()
  @ApiOperation({ summary: 'Remember one thing, or many in order and in one transaction' })
  @ApiHeader({ name: 'Idempotency-Key', required: false, description: 'The same key and body answer the same and store once.' })
  @ApiCreatedResponse({ type: RememberAnswerDto })
  async remember(@Body() body: RememberDto, @Query() query: UserQueryDto, @Headers('Idempotency-Key') key?: string): Promise<RememberAnswerDto> {
    const user = userFrom(query, body)
    const input = toRememberInput(body, user, await this.zones.for(user, timesOf(body)), idempotencyKeyOf(key))
    const answer = await this.rememberService.remember(input)
    this.metrics.remembered(answer.results)
    return presentRemembered(answer)
  }

  @Post('store')
  @ApiOperation({ summary: 'Older name of POST /memory', deprecated: true })
  @ApiHeader({ name: 'Idempotency-Key', required: false, description: 'As of POST /memory.' })
  @ApiCreatedResponse({ type: RememberAnswerDto })
  storeMemory(@Body() body: RememberDto, @Query() query: UserQueryDto, @Headers('Idempotency-Key') key?: string): Promise<RememberAnswerDto> {
    return this.remember(body, query, key)
  }

  @Get()
  @ApiOperation({ summary: 'List memories, newest recorded first' })
  @ApiOkResponse({ type: MemoryListDto })
  async listMemories(@Query() query: ListQueryDto): Promise<MemoryListDto> {
    const { traces, nextCursor } = await this.traces.list(userFrom(query), toTraceFilter(query, 'utc'), pageOf(query, 'id'))
    return { results: traces.map((trace) => this.present(trace)), next_cursor: encodeCursor(nextCursor) }
  }

  @Get(':id')
  @ApiOperation({ summary: 'Read one memory' })
  @ApiOkResponse(only('Memory'))
  async getMemory(@Param() path: IdPathDto, @Query() query: UserQueryDto): Promise<MemoryAnswer> {
    const user = userFrom(query)
    const id = idOf(path.id)
    const trace = await this.traces.get(user, id)
    if (trace) return this.present(trace)
    const inMind = (await this.focus.list(user)).find((item) => item.id === id && !item.durable)
    if (!inMind) throw notFound(`memory ${id}`)
    return presentFocusOnly(inMind)
  }

  @Patch(':id')
  @ApiOperation({ summary: 'Correct a memory; new content makes a successor' })
  @ApiOkResponse(only('Memory'))
  async correctMemory(@Param() path: IdPathDto, @Body() body: PatchDto, @Query() query: UserQueryDto): Promise<MemoryAnswer> {
    const user = userFrom(query, body)
    return this.present(await this.correctService.correct(user, idOf(path.id), toCorrection(body)))
  }

  @Delete(':id')
  @HttpCode(200)
  @ApiOperation({ summary: 'Forget one memory' })
  @ApiOkResponse({ type: ForgetAnswerDto })
  async forgetMemory(@Param() path: IdPathDto, @Query() query: DeleteQueryDto): Promise<ForgetAnswerDto | ForgetPreviewDto> {
    return this.forgetter.forgetOne(userFrom(query), idOf(path.id), query)
  }

  @Get(':id/history')
  @ApiOperation({ summary: 'What a memory corrected and what corrected it, oldest first' })
  @ApiOkResponse({ type: MemoryListDto })
  async memoryHistory(@Param() path: IdPathDto, @Query() query: UserQueryDto): Promise<MemoryListDto> {
    const id = idOf(path.id)
    const traces = await this.traces.history(userFrom(query), id)
    if (traces.length === 0) throw notFound(`memory ${id}`)
    return { results: traces.map((trace) => this.present(trace)), next_cursor: null }
  }

  private present(trace: Trace): MemoryAnswer {
    return presentMemory(trace, tierOf(trace.occurredAt, this.clock.now(), this.settings.memory))
  }
}
