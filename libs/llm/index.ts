export * from './chat-model'
export * from './llm.module'
export * from './none.chat-model'
export * from './openai.chat-model'
