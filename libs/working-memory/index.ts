export * from './focus-buffer'
export { InProcessFocusBuffer } from './in-process.focus-buffer'
export { RedisFocusBuffer } from './redis.focus-buffer'
export { WorkingMemoryModule, type WorkingMemoryOptions } from './working-memory.module'
