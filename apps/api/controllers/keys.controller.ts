import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common'
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import { ApiKeys } from '#access'
import { notFound } from '#kernel'
import { NothingPipe } from '../http/validation.pipe'
import { IdPathDto } from '../wire/common.dto'
import { idOf } from '../wire/forget.dto'
import { IssuedKeyDto, KeyAnswerDto, KeyDto, KeyListDto, presentIssued, presentKey, toNewKey } from '../wire/keys.dto'

/** Keys of callers (admin). */
@ApiTags('keys')
@Controller('keys')
export class KeysController {
  constructor(private readonly keys: ApiKeys) {}

  @Get()
  @ApiOperation({ summary: 'List keys, the newest first; never their secrets (admin)' })
  @ApiOkResponse({ type: KeyListDto })
  async listKeys(@Query(NothingPipe) _query: object): Promise<KeyListDto> {
    return { results: (await this.keys.list()).map(presentKey), next_cursor: null }
  }

  @Post()
  @ApiOperation({ summary: 'Create a key; its secret is told this once (admin)' })
  @ApiCreatedResponse({ type: IssuedKeyDto })
  async createKey(@Body() body: KeyDto, @Query(NothingPipe) _query: object): Promise<IssuedKeyDto> {
    return presentIssued(await this.keys.create(toNewKey(body)))
  }

  @Post(':id/rotate')
  @ApiOperation({ summary: 'Give a key a new secret; the old one opens nothing any more (admin)' })
  @ApiCreatedResponse({ type: IssuedKeyDto })
  async rotateKey(@Param() path: IdPathDto, @Query(NothingPipe) _query: object): Promise<IssuedKeyDto> {
    const issued = await this.keys.rotate(idOf(path.id, 'key'))
    if (!issued) throw notFound('A key of that id that was not revoked')
    return presentIssued(issued)
  }

  @Delete(':id')
  @ApiOperation({ summary: 'Revoke a key; it stays in the list (admin)' })
  @ApiOkResponse({ type: KeyAnswerDto })
  async revokeKey(@Param() path: IdPathDto, @Query(NothingPipe) _query: object): Promise<KeyAnswerDto> {
    const key = await this.keys.revoke(idOf(path.id, 'key'))
    if (!key) throw notFound('A key of that id')
    return presentKey(key)
  }
}
