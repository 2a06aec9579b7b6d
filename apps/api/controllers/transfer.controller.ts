import type { IncomingMessage } from 'node:http'
import { Body, Controller, HttpCode, Post, Query, Req, StreamableFile } from '@nestjs/common'
import { ApiBody, ApiConsumes, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger'
import type { FastifyRequest } from 'fastify'
import { invalid } from '#kernel'
import { ExportService, ImportService } from '#transfer'
import { userFrom } from '../wire/aliases'
import { UserQueryDto } from '../wire/common.dto'
import { ExportDto, ImportAnswerDto, ImportQueryDto, presentImport, readLine } from '../wire/transfer.dto'

const LINES = 'application/x-ndjson'

/** A user's whole memory, out and in. */
@ApiTags('transfer')
@Controller('memory')
export class TransferController {
  constructor(private readonly exporter: ExportService, private readonly importer: ImportService) {}

  @Post('export')
  @HttpCode(200)
  @ApiOperation({ summary: 'Everything of a user as JSON lines, in an order that depends on nothing but what is there' })
  @ApiProduces(LINES)
  @ApiOkResponse({ schema: { type: 'string', description: 'A header, sessions, traces, edges and an end, a line each.' } })
  async exportMemory(@Body() body: ExportDto, @Query() query: UserQueryDto): Promise<StreamableFile> {
    const spool = await this.exporter.export(userFrom(query, body))
    return new StreamableFile(spool.stream(), { type: LINES, length: spool.bytes })
  }

  @Post('import')
  @HttpCode(200)
  @ApiOperation({ summary: 'Take in what an export answered, all of it or, when a line is at fault, nothing' })
  @ApiConsumes(LINES)
  @ApiBody({ schema: { type: 'string', description: 'JSON lines, as many as there are.' } })
  @ApiOkResponse({ type: ImportAnswerDto })
  async importMemory(@Query() query: ImportQueryDto, @Req() request: FastifyRequest): Promise<ImportAnswerDto> {
    const body = request.body as IncomingMessage | undefined
    if (!body) throw invalid('body', `must be JSON lines; send Content-Type: ${LINES}`)
    return presentImport(await this.importer.import({ user: userFrom(query), body, read: readLine, dryRun: query.dry_run ?? false }))
  }
}
