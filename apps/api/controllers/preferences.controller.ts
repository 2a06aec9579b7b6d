import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common'
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import { Learnt } from '../learnt'
import { userFrom } from '../wire/aliases'
import { ForgetAnswerDto, type ForgetPreviewDto, only } from '../wire/answers'
import { IdPathDto, PageQueryDto, UserQueryDto } from '../wire/common.dto'
import { encodeCursor } from '../wire/cursors'
import { DeleteQueryDto, idOf } from '../wire/forget.dto'
import { type PreferenceAnswer, PreferenceDto, PreferenceListDto, PreferencePatchDto, preferenceText, presentPreference, said } from '../wire/learnt.dto'
import { pageOf } from '../wire/recall.dto'

/** What people like, dislike, always or never do. */
@ApiTags('learnt')
@Controller('memory/preferences')
export class PreferencesController {
  constructor(private readonly learnt: Learnt) {}

  @Get()
  @ApiOperation({ summary: 'List preferences, newest recorded first' })
  @ApiOkResponse({ type: PreferenceListDto })
  async listPreferences(@Query() query: PageQueryDto): Promise<PreferenceListDto> {
    const { results, nextCursor } = await this.learnt.list(userFrom(query), 'preference', pageOf(query, 'id'))
    return { results: results.map(presentPreference), next_cursor: encodeCursor(nextCursor) }
  }

  @Get(':id')
  @ApiOperation({ summary: 'Read one preference' })
  @ApiOkResponse(only('Preference'))
  async getPreference(@Param() path: IdPathDto, @Query() query: UserQueryDto): Promise<PreferenceAnswer> {
    return presentPreference(await this.learnt.get(userFrom(query), 'preference', idOf(path.id, 'preference')))
  }

  @Post()
  @ApiOperation({ summary: 'Write a preference' })
  @ApiCreatedResponse(only('Preference'))
  async addPreference(@Body() body: PreferenceDto, @Query() query: UserQueryDto): Promise<PreferenceAnswer> {
    const { key, value, confidence, source } = body
    const fields = { content: preferenceText(key, value), confidence, metadata: said({ key, value, source }) }
    return presentPreference(await this.learnt.add(userFrom(query, body), 'preference', fields))
  }

  @Patch(':id')
  @ApiOperation({ summary: 'Change a preference; other content makes a successor' })
  @ApiOkResponse(only('Preference'))
  async changePreference(@Param() path: IdPathDto, @Body() body: PreferencePatchDto, @Query() query: UserQueryDto): Promise<PreferenceAnswer> {
    const { value, confidence, source } = body
    return presentPreference(await this.learnt.change(userFrom(query, body), 'preference', idOf(path.id, 'preference'), (trace) => ({
      confidence,
      content: value === undefined ? undefined : preferenceText(presentPreference({ trace, sources: [] }).key, value),
      metadata: said({ value, source }),
    })))
  }

  @Delete(':id')
  @HttpCode(200)
  @ApiOperation({ summary: 'Forget a preference' })
  @ApiOkResponse({ type: ForgetAnswerDto })
  forgetPreference(@Param() path: IdPathDto, @Query() query: DeleteQueryDto): Promise<ForgetAnswerDto | ForgetPreviewDto> {
    return this.learnt.forget(userFrom(query), 'preference', idOf(path.id, 'preference'), query)
  }
}
