import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common'
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiTags, getSchemaPath } from '@nestjs/swagger'
import { Receipts } from '#forget'
import { notFound } from '#kernel'
import { Forgetter } from '../forgetter'
import { textsIn } from '../fence'
import { UserZones } from '../user-zones'
import { userFrom } from '../wire/aliases'
import { ForgetAnswerDto, ForgetPreviewDto, ReceiptDto, ReceiptListDto } from '../wire/answers'
import { IdPathDto, PageQueryDto, UserQueryDto } from '../wire/common.dto'
import { encodeCursor } from '../wire/cursors'
import { ForgetDto, idOf, scopeTimesOf, toForgetInput } from '../wire/forget.dto'
import { presentReceipt } from '../wire/presenters'
import { pageOf } from '../wire/recall.dto'

/** Forgetting: by id, ids, scope, or a query through its preview. */
@ApiTags('forget')
@ApiExtraModels(ForgetAnswerDto, ForgetPreviewDto)
@Controller('memory/forget')
export class ForgetController {
  constructor(private readonly receipts: Receipts, private readonly forgetter: Forgetter, private readonly zones: UserZones) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'Forget, or preview what would be forgotten' })
  @ApiOkResponse({ schema: { oneOf: [{ $ref: getSchemaPath(ForgetAnswerDto) }, { $ref: getSchemaPath(ForgetPreviewDto) }] } })
  async forget(@Body() body: ForgetDto, @Query() query: UserQueryDto): Promise<ForgetAnswerDto | ForgetPreviewDto> {
    const user = userFrom(query, body)
    const zone = await this.zones.for(user, [...scopeTimesOf(body), ...textsIn(body.scope?.filters)])
    return this.forgetter.forget(toForgetInput(body, user, zone))
  }

  @Get('receipts')
  @ApiOperation({ summary: 'Receipts of everything forgotten, the oldest first, each with the digest of the one before' })
  @ApiOkResponse({ type: ReceiptListDto })
  async list(@Query() query: PageQueryDto): Promise<ReceiptListDto> {
    const { receipts, nextCursor } = await this.receipts.list(userFrom(query), pageOf(query, 'id'))
    return { results: receipts.map(presentReceipt), next_cursor: encodeCursor(nextCursor) }
  }

  @Get('receipts/:id')
  @ApiOperation({ summary: 'The receipt of something forgotten' })
  @ApiOkResponse({ type: ReceiptDto })
  async receipt(@Param() path: IdPathDto, @Query() query: UserQueryDto): Promise<ReceiptDto> {
    const id = idOf(path.id, 'receipt')
    const receipt = await this.receipts.find(userFrom(query), id)
    if (!receipt) throw notFound(`receipt ${id}`)
    return presentReceipt(receipt)
  }
}
