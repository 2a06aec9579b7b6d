import { Controller, Get, Query } from '@nestjs/common'
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import { Settings } from '#config'
import { tierOf } from '#episodic-memory'
import { Clock, notFound } from '#kernel'
import { GraphReader } from '#recall'
import { userFrom } from '../wire/aliases'
import { GraphDto } from '../wire/answers'
import { GraphQueryDto } from '../wire/common.dto'
import { presentGraph } from '../wire/presenters'

/** How memories belong together. */
@ApiTags('memory')
@Controller('memory/graph')
export class GraphController {
  constructor(private readonly graph: GraphReader, private readonly clock: Clock, private readonly settings: Settings) {}

  @Get()
  @ApiOperation({ summary: 'A part of the graph: around a memory, or where it is densest' })
  @ApiOkResponse({ type: GraphDto })
  async memoryGraph(@Query() query: GraphQueryDto): Promise<GraphDto> {
    const user = userFrom(query)
    const limit = query.limit ?? 100
    const center = query.center?.toLowerCase()
    const graph = center === undefined ? await this.graph.densest(user, limit) : await this.graph.around(user, center, query.depth ?? 1, limit)
    if (!graph) throw notFound(`memory ${center}`)
    const now = this.clock.now()
    return presentGraph(graph, (trace) => tierOf(trace.occurredAt, now, this.settings.memory))
  }
}
