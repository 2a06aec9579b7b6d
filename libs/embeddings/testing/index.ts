export * from './bag-of-words'
export * from './hash.embedder'
export * from './openai-server'
