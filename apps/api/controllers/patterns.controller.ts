import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common'
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import { Learnt } from '../learnt'
import { userFrom } from '../wire/aliases'
import { ForgetAnswerDto, type ForgetPreviewDto, only } from '../wire/answers'
import { IdPathDto, PageQueryDto, UserQueryDto } from '../wire/common.dto'
import { encodeCursor } from '../wire/cursors'
import { DeleteQueryDto, idOf } from '../wire/forget.dto'
import { type PatternAnswer, PatternDto, PatternListDto, PatternPatchDto, presentPattern, said } from '../wire/learnt.dto'
import { pageOf } from '../wire/recall.dto'

/** Habits, ways of working, decisions. */
@ApiTags('learnt')
@Controller('memory/patterns')
export class PatternsController {
  constructor(private readonly learnt: Learnt) {}

  @Get()
  @ApiOperation({ summary: 'List patterns, newest recorded first' })
  @ApiOkResponse({ type: PatternListDto })
  async listPatterns(@Query() query: PageQueryDto): Promise<PatternListDto> {
    const { results, nextCursor } = await this.learnt.list(userFrom(query), 'pattern', pageOf(query, 'id'))
    return { results: results.map(presentPattern), next_cursor: encodeCursor(nextCursor) }
  }

  @Get(':id')
  @ApiOperation({ summary: 'Read one pattern' })
  @ApiOkResponse(only('Pattern'))
  async getPattern(@Param() path: IdPathDto, @Query() query: UserQueryDto): Promise<PatternAnswer> {
    return presentPattern(await this.learnt.get(userFrom(query), 'pattern', idOf(path.id, 'pattern')))
  }

  @Post()
  @ApiOperation({ summary: 'Write a pattern' })
  @ApiCreatedResponse(only('Pattern'))
  async addPattern(@Body() body: PatternDto, @Query() query: UserQueryDto): Promise<PatternAnswer> {
    const { content, confidence, kind, frequency = 1, examples } = body
    return presentPattern(await this.learnt.add(userFrom(query, body), 'pattern', { content, confidence, metadata: said({ kind, frequency, examples }) }))
  }

  @Patch(':id')
  @ApiOperation({ summary: 'Change a pattern; other content makes a successor' })
  @ApiOkResponse(only('Pattern'))
  async changePattern(@Param() path: IdPathDto, @Body() body: PatternPatchDto, @Query() query: UserQueryDto): Promise<PatternAnswer> {
    const { content, confidence, kind, frequency, examples } = body
    const fields = { content, confidence, metadata: said({ kind, frequency, examples }) }
    return presentPattern(await this.learnt.change(userFrom(query, body), 'pattern', idOf(path.id, 'pattern'), () => fields))
  }

  @Delete(':id')
  @HttpCode(200)
  @ApiOperation({ summary: 'Forget a pattern' })
  @ApiOkResponse({ type: ForgetAnswerDto })
  forgetPattern(@Param() path: IdPathDto, @Query() query: DeleteQueryDto): Promise<ForgetAnswerDto | ForgetPreviewDto> {
    return this.learnt.forget(userFrom(query), 'pattern', idOf(path.id, 'pattern'), query)
  }
}
