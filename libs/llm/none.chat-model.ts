import { type ChatAnswer, ChatModel, type ChatRequest, ModelFailure } from './chat-model'

/** No model. */
export class NoChatModel extends ChatModel {
  async terms(): Promise<undefined> {
    return undefined
  }

  async ask<T>(_request: ChatRequest<T>): Promise<ChatAnswer<T>> {
    throw new ModelFailure('none', 'there is no language model')
  }
}
