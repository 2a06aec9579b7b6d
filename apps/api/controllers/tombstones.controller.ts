import { Controller, Delete, Get, Param, Query } from '@nestjs/common'
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import { Tombstones } from '#episodic-memory'
import { Lifter } from '#forget'
import { notFound } from '#kernel'
import { userFrom } from '../wire/aliases'
import { IdPathDto, PageQueryDto, UserQueryDto } from '../wire/common.dto'
import { encodeCursor } from '../wire/cursors'
import { idOf } from '../wire/forget.dto'
import { pageOf } from '../wire/recall.dto'
import { presentTombstone, TombstoneAnswerDto, TombstoneListDto } from '../wire/tombstones.dto'

/** What is kept from coming back (admin). */
@ApiTags('forget')
@Controller('tombstones')
export class TombstonesController {
  constructor(private readonly tombstones: Tombstones, private readonly lifter: Lifter) {}

  @Get()
  @ApiOperation({ summary: 'List tombstones of a user, the newest first; never what was forgotten (admin)' })
  @ApiOkResponse({ type: TombstoneListDto })
  async listTombstones(@Query() query: PageQueryDto): Promise<TombstoneListDto> {
    const { tombstones, nextCursor } = await this.tombstones.list(userFrom(query), pageOf(query, 'id'))
    return { results: tombstones.map(presentTombstone), next_cursor: encodeCursor(nextCursor) }
  }

  @Delete(':id')
  @ApiOperation({ summary: 'Lift a tombstone: what it kept away may come back (admin)' })
  @ApiOkResponse({ type: TombstoneAnswerDto })
  async liftTombstone(@Param() path: IdPathDto, @Query() query: UserQueryDto): Promise<TombstoneAnswerDto> {
    const id = idOf(path.id, 'tombstone')
    const lifted = await this.lifter.lift(userFrom(query), id)
    if (!lifted) throw notFound(`tombstone ${id}`)
    return presentTombstone(lifted)
  }
}
