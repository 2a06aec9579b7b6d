import { Body, Controller, HttpCode, Post, Query } from '@nestjs/common'
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import { Prompter } from '../prompter'
import { UserQueryDto } from '../wire/common.dto'
import { ContextAnswerDto, ContextDto } from '../wire/context.dto'

/** What is remembered, ready for a model. */
@ApiTags('recall')
@Controller('memory/context')
export class ContextController {
  constructor(private readonly prompter: Prompter) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'A prompt of fragments and memories about a question, memories fenced as data' })
  @ApiOkResponse({ type: ContextAnswerDto })
  context(@Body() body: ContextDto, @Query() query: UserQueryDto): Promise<ContextAnswerDto> {
    return this.prompter.context(body, query)
  }
}
