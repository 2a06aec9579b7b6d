import { Controller, Get, Query } from '@nestjs/common'
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import { TraceReader } from '#episodic-memory'
import { FocusBuffer } from '#working-memory'
import { pick, userFrom } from '../wire/aliases'
import { FocusDto } from '../wire/answers'
import { FocusQueryDto } from '../wire/common.dto'
import { presentFocusItem } from '../wire/presenters'

/** Working memory. */
@ApiTags('memory')
@Controller('memory/focus')
export class FocusController {
  constructor(private readonly focus: FocusBuffer, private readonly traces: TraceReader) {}

  @Get()
  @ApiOperation({ summary: 'What a user has in mind, strongest first' })
  @ApiOkResponse({ type: FocusDto })
  async inMind(@Query() query: FocusQueryDto): Promise<FocusDto> {
    const user = userFrom(query)
    const items = await this.focus.list(user, pick(query, 'session_id', 'run_id'))
    return { results: (await this.focus.living(user, items, (ids) => this.traces.existing(user, ids))).map(presentFocusItem), next_cursor: null }
  }
}
