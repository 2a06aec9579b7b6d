import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common'
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import { TraceReader } from '#episodic-memory'
import { EdgeReader } from '#graph-memory'
import type { User } from '#kernel'
import { Collections, isCluster } from '#remember'
import { Forgetter } from '../forgetter'
import { userFrom } from '../wire/aliases'
import { ForgetAnswerDto, type ForgetPreviewDto } from '../wire/answers'
import { CollectionDto, CollectionListDto, CollectionPatchDto, CollectionsQueryDto, presentCollection, WholeCollectionDto } from '../wire/collections.dto'
import { IdPathDto, UserQueryDto } from '../wire/common.dto'
import { encodeCursor } from '../wire/cursors'
import { DeleteQueryDto, idOf } from '../wire/forget.dto'
import { pageOf } from '../wire/recall.dto'

const lower = (ids: readonly string[] | undefined): string[] => [...new Set((ids ?? []).map((id) => id.toLowerCase()))]

/** Named groups of memories, and the clusters that dreams find. */
@ApiTags('learnt')
@Controller('memory/collections')
export class CollectionsController {
  constructor(
    private readonly collections: Collections, private readonly traces: TraceReader, private readonly edges: EdgeReader, private readonly forgetter: Forgetter,
  ) {}

  @Get()
  @ApiOperation({ summary: 'List collections, newest recorded first' })
  @ApiOkResponse({ type: CollectionListDto })
  async listCollections(@Query() query: CollectionsQueryDto): Promise<CollectionListDto> {
    const user = userFrom(query)
    const type = query.collection_type
    const expression = type === undefined ? undefined : { field: 'metadata.collection_type', op: 'eq' as const, value: type }
    const { traces, nextCursor } = await this.traces.list(user, { kind: ['collection'], expression }, pageOf(query, 'id'))
    const counts = await this.edges.countTo(user, traces.map((trace) => trace.id), 'member_of')
    return { results: traces.map((trace) => presentCollection(trace, counts.get(trace.id) ?? 0)), next_cursor: encodeCursor(nextCursor) }
  }

  @Get(':id')
  @ApiOperation({ summary: 'Read one collection' })
  @ApiOkResponse({ type: WholeCollectionDto })
  getCollection(@Param() path: IdPathDto, @Query() query: UserQueryDto): Promise<WholeCollectionDto> {
    return this.whole(userFrom(query), idOf(path.id, 'collection'))
  }

  @Post()
  @ApiOperation({ summary: 'Make a collection' })
  @ApiCreatedResponse({ type: WholeCollectionDto })
  async addCollection(@Body() body: CollectionDto, @Query() query: UserQueryDto): Promise<WholeCollectionDto> {
    const user = userFrom(query, body)
    const { name, members, description, collection_type: type, topics, importance } = body
    return this.whole(user, await this.collections.make(user, name, { description, type, topics, importance }, lower(members)))
  }

  @Patch(':id')
  @ApiOperation({ summary: 'Change a collection, or who is in it' })
  @ApiOkResponse({ type: WholeCollectionDto })
  async changeCollection(@Param() path: IdPathDto, @Body() body: CollectionPatchDto, @Query() query: UserQueryDto): Promise<WholeCollectionDto> {
    const user = userFrom(query, body)
    const id = idOf(path.id, 'collection')
    const { name, add_members: add, remove_members: remove, description, collection_type: type, topics, importance } = body
    await this.collections.change(user, id, { name, description, type, topics, importance, add: lower(add), remove: lower(remove) })
    return this.whole(user, id)
  }

  @Delete(':id')
  @HttpCode(200)
  @ApiOperation({ summary: 'Forget a collection; its members stay', description: '`block` is true by default for a cluster, and false for others: their names may be used again.' })
  @ApiOkResponse({ type: ForgetAnswerDto })
  async forgetCollection(@Param() path: IdPathDto, @Query() query: DeleteQueryDto): Promise<ForgetAnswerDto | ForgetPreviewDto> {
    const user = userFrom(query)
    const trace = await this.collections.find(user, idOf(path.id, 'collection'))
    return this.forgetter.forgetOne(user, trace.id, { ...query, block: query.block ?? isCluster(trace) })
  }

  private async whole(user: User, id: string): Promise<WholeCollectionDto> {
    const trace = await this.collections.find(user, id)
    const members = await this.edges.to(user, id, 'member_of')
    return { ...presentCollection(trace, members.length), members }
  }
}
