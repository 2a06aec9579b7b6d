import { Body, Controller, Get, HttpCode, HttpStatus, Post, Put, Query } from '@nestjs/common'
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import { Settings } from '#config'
import { AiSettings } from '#llm'
import { NothingPipe } from '../http/validation.pipe'
import { AiSettingsAnswerDto, AiSettingsDto, AiTrialDto, presentAiSettings, presentTrial, toPatch } from '../wire/settings.dto'

/** What an administrator sets while the product runs. */
@ApiTags('settings')
@Controller('settings/ai')
export class SettingsController {
  constructor(private readonly ai: AiSettings, private readonly settings: Settings) {}

  @Get()
  @ApiOperation({ summary: 'Which language model dreams use (admin)' })
  @ApiOkResponse({ type: AiSettingsAnswerDto })
  async getAiSettings(@Query(NothingPipe) _query: object): Promise<AiSettingsAnswerDto> {
    return presentAiSettings(await this.ai.view(), this.settings)
  }

  @Put()
  @ApiOperation({ summary: 'Set the language model; what is not named stays (admin)' })
  @ApiOkResponse({ type: AiSettingsAnswerDto })
  async putAiSettings(@Body() body: AiSettingsDto, @Query(NothingPipe) _query: object): Promise<AiSettingsAnswerDto> {
    return presentAiSettings(await this.ai.change(toPatch(body)), this.settings)
  }

  @Post('test')
  @HttpCode(HttpStatus.OK)
  @ApiOperation({ summary: 'Ask the language model for a word, with what the body would set, which is not kept (admin)' })
  @ApiOkResponse({ type: AiTrialDto })
  async testAiSettings(@Body() body: AiSettingsDto, @Query(NothingPipe) _query: object): Promise<AiTrialDto> {
    const began = performance.now()
    const trial = await this.ai.attempt(toPatch(body))
    return presentTrial(trial, performance.now() - began)
  }
}
