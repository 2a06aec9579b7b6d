import { Controller, HttpCode, Post, Query } from '@nestjs/common'
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import { Purge } from '#forget'
import { NothingPipe } from '../http/validation.pipe'
import { PurgeDto } from '../wire/answers'

/** What is done for the store as a whole (admin). */
@ApiTags('maintenance')
@Controller('maintenance')
export class MaintenanceController {
  constructor(private readonly purge: Purge) {}

  @Post('purge')
  @HttpCode(200)
  @ApiOperation({ summary: 'Take the bytes of what was forgotten out of pages, logs and files, at once; receipts say so then (admin)' })
  @ApiOkResponse({ type: PurgeDto })
  async purgeNow(@Query(NothingPipe) _query: object): Promise<PurgeDto> {
    const { purged, steps } = await this.purge.run()
    return { purged, steps: steps.map((step) => ({ ...step, did: [...step.did] })) }
  }
}
