import { createHash } from 'node:crypto'
import type { Vector } from '#kernel'
import type { OnApplicationShutdown } from '@nestjs/common'
import { Embedder, type EmbeddingPurpose } from './embedder'

/** A vector is kept so long at most, however often it is asked for: what one process lets go of, another may still hold. Milliseconds. */
export const KEPT_MS = 600_000

/**
 * Remembers the vectors of the texts asked for last, and asks once for equal texts that are asked for at the same
 * time. Holds hashes, not texts; but a vector tells much of its text, so whoever forgets a text calls `letGo` too; other processes have let
 * go of it within KEPT_MS.
 */
export class CachedEmbedder extends Embedder implements OnApplicationShutdown {
  readonly model: string
  readonly dim: number
  /** In order of last use, the oldest first. */
  private readonly kept = new Map<string, { readonly vector: Vector; readonly until: number }>()
  private timer: NodeJS.Timeout | undefined
  private readonly underWay = new Map<string, Promise<Vector>>()

  /** @param size most vectors kept (3 kB each at 768 dimensions); 0 keeps none */
  constructor(private readonly inner: Embedder, private readonly size: number) {
    super()
    this.model = inner.model
    this.dim = inner.dim
  }

  async embed(texts: readonly string[], purpose: EmbeddingPurpose): Promise<Vector[]> {
    const keys = texts.map((text) => this.key(text, purpose))
    const missing = new Map<string, string>()
    const found = new Map<string, Promise<Vector> | Vector>()
    keys.forEach((key, i) => {
      const known = this.recall(key) ?? this.underWay.get(key)
      if (known) found.set(key, known)
      else missing.set(key, texts[i]!)
    })
    if (missing.size > 0) {
      const answer = this.inner.embed([...missing.values()], purpose)
      let position = 0
      for (const key of missing.keys()) found.set(key, this.follow(key, answer, position++))
    }
    // Copies, so that no caller can change what another one gets.
    return Promise.all(keys.map(async (key) => (await found.get(key)!).slice()))
  }

  chunk(text: string): string[] {
    return this.inner.chunk(text)
  }

  override letGo(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    this.kept.clear()
    this.underWay.clear()
  }

  override async close(): Promise<void> {
    this.letGo()
    await this.inner.close()
  }

  async onApplicationShutdown(): Promise<void> {
    await this.close()
  }

  /** The vector at `position` of a call under way; kept once it is there, unless all was let go meanwhile. */
  private follow(key: string, answer: Promise<Vector[]>, position: number): Promise<Vector> {
    const vector = answer.then((vectors) => vectors[position]!)
    this.underWay.set(key, vector)
    const current = () => this.underWay.get(key) === vector && this.underWay.delete(key)
    vector.then((value) => {
      if (current()) this.keep(key, value)
    }, current)
    return vector
  }

  private recall(key: string): Vector | undefined {
    const entry = this.kept.get(key)
    if (!entry) return undefined
    this.kept.delete(key)
    this.kept.set(key, entry)
    return entry.vector
  }

  private keep(key: string, vector: Vector): void {
    if (this.size === 0) return
    this.kept.set(key, { vector, until: Date.now() + KEPT_MS })
    this.timer ??= setTimeout(() => this.expire(), KEPT_MS).unref()
    if (this.kept.size <= this.size) return
    const [oldest] = this.kept.keys()
    this.kept.delete(oldest!)
  }

  private expire(): void {
    const now = Date.now()
    let next = Infinity
    for (const [key, { until }] of this.kept) {
      if (until <= now) this.kept.delete(key)
      else next = Math.min(next, until)
    }
    this.timer = this.kept.size > 0 ? setTimeout(() => this.expire(), next - now).unref() : undefined
  }

  private key(text: string, purpose: EmbeddingPurpose): string {
    return `${this.model}\n${purpose}\n${createHash('sha256').update(text).digest('base64')}`
  }
}
