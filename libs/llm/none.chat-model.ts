import { type ChatAnswer, ChatModel, type ChatRequest, ModelFailure } from './chat-model'

/** No model: the default. */
export class NoChatModel extends ChatModel {
  readonly model = undefined

  async ask<T>(_request: ChatRequest<T>): Promise<ChatAnswer<T>> {
    throw new ModelFailure('none', 'there is no language model')
  }
}
