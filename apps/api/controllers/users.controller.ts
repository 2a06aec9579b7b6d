import { Body, Controller, Delete, Get, Param, Put, Query } from '@nestjs/common'
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import { ApiKeys } from '#access'
import { Settings } from '#config'
import { UserStore } from '#episodic-memory'
import { ForgetService } from '#forget'
import { notFound, userOf } from '#kernel'
import { Metrics } from '../http/metrics'
import { NothingPipe } from '../http/validation.pipe'
import { ForgetAnswerDto, only, type UserAnswer, UserListDto } from '../wire/answers'
import { UserDto, UserPathDto, UsersQueryDto } from '../wire/common.dto'
import { encodeCursor } from '../wire/cursors'
import { presentApplied, presentUser } from '../wire/presenters'
import { pageOf } from '../wire/recall.dto'

/** Users. */
@ApiTags('users')
@Controller('users')
export class UsersController {
  constructor(
    private readonly users: UserStore,
    private readonly forget: ForgetService,
    private readonly settings: Settings,
    private readonly metrics: Metrics,
    private readonly keys: ApiKeys,
  ) {}

  @Get()
  @ApiOperation({ summary: 'List users by name' })
  @ApiOkResponse({ type: UserListDto })
  async listUsers(@Query() query: UsersQueryDto): Promise<UserListDto> {
    const { users, nextCursor } = await this.users.list(pageOf(query))
    return { results: users.map((user) => presentUser(user, this.settings.memory.timeZone)), next_cursor: encodeCursor(nextCursor) }
  }

  @Put(':user_id')
  @ApiOperation({ summary: 'Set the time zone of a user' })
  @ApiOkResponse(only('User'))
  async setUser(@Param() path: UserPathDto, @Body() body: UserDto, @Query(NothingPipe) _query: object): Promise<UserAnswer> {
    const user = userOf(path.user_id)
    await this.users.setTimeZone(user, body.time_zone)
    const stored = await this.users.get(user)
    if (!stored) throw notFound('That user')
    return presentUser(stored, this.settings.memory.timeZone)
  }

  @Delete(':user_id')
  @ApiOperation({ summary: 'Forget a user wholly' })
  @ApiOkResponse({ type: ForgetAnswerDto })
  async deleteUser(@Param() path: UserPathDto, @Query(NothingPipe) _query: object): Promise<ForgetAnswerDto> {
    const user = userOf(path.user_id)
    if (!(await this.users.get(user))) throw notFound('That user')
    // First: nobody is to add to what is being forgotten, and the user's name stands in them.
    await this.keys.eraseOf(user)
    const answer = await this.forget.forgetUser(user)
    this.metrics.forgotten(answer.forgotten.traces)
    return presentApplied(answer)
  }
}
