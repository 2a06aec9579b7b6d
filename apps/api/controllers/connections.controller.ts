import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common'
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import { TraceReader } from '#episodic-memory'
import { EdgeReader } from '#graph-memory'
import { notFound } from '#kernel'
import { Connections } from '#remember'
import { userFrom } from '../wire/aliases'
import { DisconnectedDto, EdgeDto, EdgesDto } from '../wire/answers'
import { IdPathDto, UserQueryDto } from '../wire/common.dto'
import { ConnectDto, DisconnectQueryDto, otherEnd } from '../wire/connections.dto'
import { idOf } from '../wire/forget.dto'
import { presentEdge } from '../wire/presenters'

/** What a memory is connected to. */
@ApiTags('memory')
@Controller('memory/:id/edges')
export class ConnectionsController {
  constructor(private readonly connections: Connections, private readonly traces: TraceReader, private readonly edges: EdgeReader) {}

  @Get()
  @ApiOperation({ summary: 'What a memory is connected to' })
  @ApiOkResponse({ type: EdgesDto })
  async memoryEdges(@Param() path: IdPathDto, @Query() query: UserQueryDto): Promise<EdgesDto> {
    const user = userFrom(query)
    const id = idOf(path.id)
    if (!(await this.traces.get(user, id))) throw notFound(`memory ${id}`)
    return { edges: (await this.edges.of(user, id)).map(presentEdge) }
  }

  @Post()
  @ApiOperation({ summary: 'Connect two memories, as was suggested or as the caller knows' })
  @ApiCreatedResponse({ type: EdgeDto })
  async connectMemories(@Param() path: IdPathDto, @Body() body: ConnectDto, @Query() query: UserQueryDto): Promise<EdgeDto> {
    const edge = { src: idOf(path.id), dst: otherEnd(body), type: body.type ?? 'related', weight: body.weight ?? 1 }
    return presentEdge(await this.connections.connect(userFrom(query, body), edge))
  }

  @Delete()
  @ApiOperation({ summary: 'Take back a connection' })
  @ApiOkResponse({ type: DisconnectedDto })
  async disconnectMemories(@Param() path: IdPathDto, @Query() query: DisconnectQueryDto): Promise<DisconnectedDto> {
    return { removed: await this.connections.disconnect(userFrom(query), idOf(path.id), otherEnd(query), query.type) }
  }
}
