import { Injectable, type OnApplicationShutdown } from '@nestjs/common'
import { AiSettings } from './ai-settings'
import { type ChatAnswer, ChatModel, type ChatRequest, type ModelTerms } from './chat-model'
import { NoChatModel } from './none.chat-model'
import { OpenAiChatModel } from './openai.chat-model'

/** The model that is set now, in whichever process: settings are looked up for each question, which is nothing beside asking it. */
@Injectable()
export class ConfiguredChatModel extends ChatModel implements OnApplicationShutdown {
  private current: { readonly of: string; readonly model: ChatModel } = { of: '', model: new NoChatModel() }

  constructor(private readonly settings: AiSettings) {
    super()
  }

  async terms(): Promise<ModelTerms | undefined> {
    return (await this.now()).terms()
  }

  async ask<T>(request: ChatRequest<T>): Promise<ChatAnswer<T>> {
    return (await this.now()).ask(request)
  }

  override async close(): Promise<void> {
    await this.current.model.close()
  }

  async onApplicationShutdown(): Promise<void> {
    await this.close()
  }

  /** Questions under way to a model that is not set any more end: whoever changed it may have done so to end them. */
  private async now(): Promise<ChatModel> {
    const { model: { model, ...options } } = await this.settings.view()
    const of = JSON.stringify({ model, ...options })
    if (this.current.of !== of) {
      await this.close()
      this.current = { of, model: model ? new OpenAiChatModel({ ...options, model }) : new NoChatModel() }
    }
    return this.current.model
  }
}
