import { type DynamicModule, Injectable, Module, type OnApplicationShutdown } from '@nestjs/common'
import { ChatModel } from './chat-model'
import { NoChatModel } from './none.chat-model'
import { OpenAiChatModel, type OpenAiChatModelOptions } from './openai.chat-model'

@Injectable()
class ModelCloser implements OnApplicationShutdown {
  constructor(private readonly model: ChatModel) {}

  async onApplicationShutdown(): Promise<void> {
    await this.model.close()
  }
}

/** Provides one ChatModel to the whole application. */
@Module({})
export class LlmModule {
  /** @param options undefined: there is no model */
  static forRoot(options: OpenAiChatModelOptions | undefined): DynamicModule {
    return {
      module: LlmModule,
      global: true,
      providers: [{ provide: ChatModel, useFactory: () => (options ? new OpenAiChatModel(options) : new NoChatModel()) }, ModelCloser],
      exports: [ChatModel],
    }
  }
}
