import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common'
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import { Recaller } from '../recaller'
import { RecallAnswerDto } from '../wire/answers'
import { UserQueryDto } from '../wire/common.dto'
import { RecallDto, RecallQueryDto, SearchDto } from '../wire/recall.dto'

/** Recall, by query string or body. */
@ApiTags('recall')
@Controller('memory')
export class RecallController {
  constructor(private readonly recaller: Recaller) {}

  @Get('recall')
  @ApiOperation({ summary: 'Recall without leaving a mark' })
  @ApiOkResponse({ type: RecallAnswerDto })
  recallByQuery(@Query() query: RecallQueryDto): Promise<RecallAnswerDto> {
    return this.recaller.recall(query, {}, false)
  }

  @Post('recall')
  @HttpCode(200)
  @ApiOperation({ summary: 'Recall; what is recalled gets stronger' })
  @ApiOkResponse({ type: RecallAnswerDto })
  recall(@Body() body: RecallDto, @Query() query: UserQueryDto): Promise<RecallAnswerDto> {
    return this.recaller.recall(body, query, true)
  }

  @Post('search')
  @HttpCode(200)
  @ApiOperation({ summary: 'Older name of POST /memory/recall', deprecated: true })
  @ApiOkResponse({ type: RecallAnswerDto })
  searchMemory(@Body() body: SearchDto, @Query() query: UserQueryDto): Promise<RecallAnswerDto> {
    return this.recaller.recall(body, query, true)
  }
}
