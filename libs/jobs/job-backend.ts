import type { BackendFactory, ConnectionOptions, IQueueBackend } from 'bullmq'

/** Where BullMQ keeps jobs: what differs between its two stores. */
export interface JobBackend {
  readonly name: 'redis' | 'postgresql' | 'embedded'
  /** Makes BullMQ's side of it. */
  readonly factory: BackendFactory<IQueueBackend, ConnectionOptions>
  /** Connection for adding and asking (which must fail fast), or for working (which waits for the store to come back). */
  connection(use: 'ask' | 'work'): ConnectionOptions
  /** Seconds that an idle worker waits to be woken before it looks by itself. */
  readonly idleSeconds: number
  /** Readies the store. Also called when it cannot be reached, and then does not throw: it may come back. */
  open(): Promise<void>
  /** Whether the call chain is inside a transaction of the memory's own store. */
  inTransaction(): boolean
  /** What an operator should change. @throws when the store does not answer */
  warnings(): Promise<string[]>
  close(): Promise<void>
}
