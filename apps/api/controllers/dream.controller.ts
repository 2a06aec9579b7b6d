import { Body, Controller, Get, Header, HttpCode, HttpStatus, Param, Post, Query, Res, StreamableFile } from '@nestjs/common'
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger'
import type { FastifyReply } from 'fastify'
import { DreamService } from '#dream'
import { notFound } from '#kernel'
import { DreamEvents } from '../dream-events'
import { userFrom } from '../wire/aliases'
import { only } from '../wire/answers'
import { IdPathDto, UserQueryDto } from '../wire/common.dto'
import { decodeCursor, encodeCursor } from '../wire/cursors'
import {
  ConsolidateDto, type DreamAnswer, DreamListDto, DreamsQueryDto, FinishedDreamsDto, presentDream, presentRun, QueuedDreamsDto, toConsolidateInput,
} from '../wire/dream.dto'
import { idOf } from '../wire/forget.dto'

/** Runs that a list shows unless it is told otherwise. */
const PAGE = 50

/** Dreams: days consolidated, by order of the administrator or by night. */
@ApiTags('dream')
@Controller('memory')
export class DreamController {
  constructor(private readonly dreams: DreamService, private readonly events: DreamEvents) {}

  @Post('consolidate')
  @ApiOperation({ summary: 'Dream of a day, or of every day not yet dreamt (admin)' })
  @ApiAcceptedResponse({ type: QueuedDreamsDto })
  @ApiOkResponse({ type: FinishedDreamsDto, description: 'With wait: the finished runs.' })
  async consolidate(
    @Body() body: ConsolidateDto, @Query() query: UserQueryDto, @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<QueuedDreamsDto | FinishedDreamsDto> {
    const user = userFrom(query, body)
    const input = toConsolidateInput(body, user)
    reply.status(body.wait ? HttpStatus.OK : HttpStatus.ACCEPTED)
    if (!body.wait) return { run_ids: await this.dreams.consolidate(input) }
    const runs = await this.dreams.consolidateNow(input)
    return { run_ids: runs.map((run) => run.id), runs: runs.map((run) => presentDream(run, user)) }
  }

  @Get('dreams')
  @ApiOperation({ summary: 'List dreams, newest first, without what they changed' })
  @ApiOkResponse({ type: DreamListDto })
  async listDreams(@Query() query: DreamsQueryDto): Promise<DreamListDto> {
    const user = userFrom(query)
    const { runs, nextCursor } = await this.dreams.list(user, query.status, { cursor: decodeCursor(query.cursor, 'id'), limit: query.limit ?? PAGE })
    return { results: runs.map((run) => presentRun(run, user)), next_cursor: encodeCursor(nextCursor) }
  }

  @Get('dreams/:id')
  @ApiOperation({ summary: 'Read one dream: its phases, and what it changed' })
  @ApiOkResponse(only('Dream'))
  async dream(@Param() path: IdPathDto, @Query() query: UserQueryDto): Promise<DreamAnswer> {
    const user = userFrom(query)
    const id = idOf(path.id, 'dream')
    const run = await this.dreams.get(user, id)
    if (!run) throw notFound(`dream ${id}`)
    return presentDream(run, user)
  }

  @Post('dreams/:id/undo')
  @HttpCode(HttpStatus.OK)
  @ApiOperation({ summary: 'Take a dream back, the newest first (admin)' })
  @ApiOkResponse(only('Dream'))
  async undo(@Param() path: IdPathDto, @Body() body: UserQueryDto, @Query() query: UserQueryDto): Promise<DreamAnswer> {
    const user = userFrom(query, body)
    return presentDream(await this.dreams.undo(user, idOf(path.id, 'dream')), user)
  }

  @Get('dreams/:id/events')
  @Header('content-type', 'text/event-stream; charset=utf-8')
  @ApiOperation({ summary: 'Watch a dream: server-sent events `begin` and `end` of each phase, and `done` with its status' })
  @ApiProduces('text/event-stream')
  @ApiOkResponse({ schema: { type: 'string' } })
  async watch(@Param() path: IdPathDto, @Query() query: UserQueryDto): Promise<StreamableFile> {
    const user = userFrom(query)
    const id = idOf(path.id, 'dream')
    if (!await this.dreams.get(user, id)) throw notFound(`dream ${id}`)
    return new StreamableFile(this.events.of(user, id))
  }
}
