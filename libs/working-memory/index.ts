export * from './focus-buffer'
export * from './in-process.focus-buffer'
export * from './working-memory.module'
