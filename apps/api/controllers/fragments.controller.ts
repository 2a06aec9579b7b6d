import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common'
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import { Learnt, saying } from '../learnt'
import { userFrom } from '../wire/aliases'
import { ForgetAnswerDto, type ForgetPreviewDto, only } from '../wire/answers'
import { IdPathDto, UserQueryDto } from '../wire/common.dto'
import { encodeCursor } from '../wire/cursors'
import { DeleteQueryDto, idOf } from '../wire/forget.dto'
import {
  DEFAULTS, type FragmentAnswer, FragmentDto, FragmentListDto, fragmentMetadata, FragmentPatchDto, FragmentsQueryDto, presentFragment,
} from '../wire/fragments.dto'
import { pageOf } from '../wire/recall.dto'

/** Parts of prompts: how an agent is to behave. */
@ApiTags('learnt')
@Controller('memory/fragments')
export class FragmentsController {
  constructor(private readonly learnt: Learnt) {}

  @Get()
  @ApiOperation({ summary: 'List fragments, newest recorded first' })
  @ApiOkResponse({ type: FragmentListDto })
  async listFragments(@Query() query: FragmentsQueryDto): Promise<FragmentListDto> {
    const { category, tags, active, agent_type: agent, context_tier: tier } = query
    const wanted = [
      ...(active === undefined ? [] : [saying('active', active, active === DEFAULTS.active)]),
      ...(agent === undefined ? [] : [saying('agent_type', agent, false)]),
      ...(tier === undefined ? [] : [saying('context_tier', tier, tier === DEFAULTS.context_tier)]),
    ]
    const filter = { category, tags, expression: wanted.length === 0 ? undefined : { and: wanted } }
    const { results, nextCursor } = await this.learnt.list(userFrom(query), 'procedure', pageOf(query, 'id'), filter)
    return { results: results.map(({ trace }) => presentFragment(trace)), next_cursor: encodeCursor(nextCursor) }
  }

  @Get(':id')
  @ApiOperation({ summary: 'Read one fragment' })
  @ApiOkResponse(only('Fragment'))
  async getFragment(@Param() path: IdPathDto, @Query() query: UserQueryDto): Promise<FragmentAnswer> {
    return presentFragment((await this.learnt.get(userFrom(query), 'procedure', idOf(path.id, 'fragment'))).trace)
  }

  @Post()
  @ApiOperation({ summary: 'Write a fragment' })
  @ApiCreatedResponse(only('Fragment'))
  async addFragment(@Body() body: FragmentDto, @Query() query: UserQueryDto): Promise<FragmentAnswer> {
    const { content, category, tags } = body
    return presentFragment((await this.learnt.add(userFrom(query, body), 'procedure', { content, category, tags, metadata: fragmentMetadata(body) })).trace)
  }

  @Patch(':id')
  @ApiOperation({ summary: 'Change a fragment; other content makes a successor' })
  @ApiOkResponse(only('Fragment'))
  async changeFragment(@Param() path: IdPathDto, @Body() body: FragmentPatchDto, @Query() query: UserQueryDto): Promise<FragmentAnswer> {
    const { content, category, tags } = body
    const fields = { content, category, tags, metadata: fragmentMetadata(body) }
    return presentFragment((await this.learnt.change(userFrom(query, body), 'procedure', idOf(path.id, 'fragment'), () => fields)).trace)
  }

  @Delete(':id')
  @HttpCode(200)
  @ApiOperation({ summary: 'Forget a fragment' })
  @ApiOkResponse({ type: ForgetAnswerDto })
  forgetFragment(@Param() path: IdPathDto, @Query() query: DeleteQueryDto): Promise<ForgetAnswerDto | ForgetPreviewDto> {
    return this.learnt.forget(userFrom(query), 'procedure', idOf(path.id, 'fragment'), query)
  }
}
