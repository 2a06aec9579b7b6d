export * from './chat-server'
