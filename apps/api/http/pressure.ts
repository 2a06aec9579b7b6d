import { getHeapStatistics } from 'node:v8'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { ReverieError } from '#kernel'

/** Bytes of all bodies that are being read or worked on: a body's objects take several times its size. */
const MOST_BYTES = 256 * 1024 * 1024
/** Share of the heap above which nothing new begins: what is left is for what is under way. */
const FULL = 0.9

export interface Heap {
  readonly used: number
  readonly limit: number
}

/**
 * How much is under way in this process, and when that is too much: whatever waits below (for a client of the database, for the embedded
 * session, for the model) waits on behalf of a request, so that bounding these bounds all of it.
 */
export class Pressure {
  private underWay = 0
  private bytes = 0

  /** @param most requests at once */
  constructor(private readonly most: number, private readonly heap: () => Heap = heapNow) {}

  get requests(): number {
    return this.underWay
  }

  /**
   * Counts a request until it is over.
   * @param always whether it is served however many there are
   * @throws ReverieError unavailable when this is one too many
   */
  begin(request: Pick<FastifyRequest, 'headers'>, reply: Pick<FastifyReply, 'raw'>, always = false): void {
    const bytes = Number(request.headers['content-length'] ?? 0) || 0
    if (!always && this.full(bytes)) throw new ReverieError('unavailable', 'The server has as much to do as it can: try again in a moment')
    this.underWay++
    this.bytes += bytes
    // Also when the caller went away before the answer.
    reply.raw.once('close', () => {
      this.underWay--
      this.bytes -= bytes
    })
  }

  private full(more: number): boolean {
    if (this.underWay >= this.most || (this.bytes > 0 && this.bytes + more > MOST_BYTES)) return true
    const { used, limit } = this.heap()
    return used > FULL * limit
  }
}

function heapNow(): Heap {
  const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics()
  return { used, limit }
}
