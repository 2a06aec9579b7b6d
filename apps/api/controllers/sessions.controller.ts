import { Controller, Get, Param, Query } from '@nestjs/common'
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import { SessionReader } from '#episodic-memory'
import { notFound } from '#kernel'
import { userFrom } from '../wire/aliases'
import { only, type SessionAnswer, SessionListDto } from '../wire/answers'
import { PageQueryDto, SessionPathDto, UserQueryDto } from '../wire/common.dto'
import { encodeCursor } from '../wire/cursors'
import { presentSession } from '../wire/presenters'
import { pageOf } from '../wire/recall.dto'

/** Sessions, by the caller's names of them. */
@ApiTags('sessions')
@Controller('memory')
export class SessionsController {
  constructor(private readonly sessions: SessionReader) {}

  @Get('sessions')
  @ApiOperation({ summary: 'List sessions, newest first' })
  @ApiOkResponse({ type: SessionListDto })
  async listSessions(@Query() query: PageQueryDto): Promise<SessionListDto> {
    const { sessions, nextCursor } = await this.sessions.list(userFrom(query), pageOf(query))
    return { results: sessions.map(presentSession), next_cursor: encodeCursor(nextCursor) }
  }

  @Get('sessions/:id')
  @ApiOperation({ summary: 'Read one session' })
  @ApiOkResponse(only('Session'))
  session(@Param() path: SessionPathDto, @Query() query: UserQueryDto): Promise<SessionAnswer> {
    return this.find(path, query)
  }

  @Get('session/:id')
  @ApiOperation({ summary: 'Older name of /memory/sessions/:id', deprecated: true })
  @ApiOkResponse(only('Session'))
  olderSession(@Param() path: SessionPathDto, @Query() query: UserQueryDto): Promise<SessionAnswer> {
    return this.find(path, query)
  }

  private async find({ id }: SessionPathDto, query: UserQueryDto): Promise<SessionAnswer> {
    const session = await this.sessions.get(userFrom(query), id)
    if (!session) throw notFound('That session')
    return presentSession(session)
  }
}
