export * from './base-url'
export * from './endpoint'
