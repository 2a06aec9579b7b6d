export * from './edge'
export * from './edge.store'
export * from './graph-memory.module'
