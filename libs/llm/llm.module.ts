import { type DynamicModule, Module } from '@nestjs/common'
import { Sql } from '#database'
import { Clock, Secrets } from '#kernel'
import { AiSettings } from './ai-settings'
import { ChatModel } from './chat-model'
import { ConfiguredChatModel } from './configured.chat-model'
import type { ModelDefaults } from './model-settings'

/** Provides one ChatModel, and its settings, to the whole application. */
@Module({})
export class LlmModule {
  static forRoot(defaults: ModelDefaults): DynamicModule {
    return {
      module: LlmModule,
      global: true,
      providers: [
        { provide: AiSettings, useFactory: (sql: Sql, secrets: Secrets, clock: Clock) => new AiSettings(sql, secrets, clock, defaults), inject: [Sql, Secrets, Clock] },
        { provide: ChatModel, useClass: ConfiguredChatModel },
      ],
      exports: [AiSettings, ChatModel],
    }
  }
}
