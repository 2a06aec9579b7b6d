const BYTES = 16
const FIRST_SLOTS = 1024

/** A set of UUIDs at some 30 bytes each; a Set of texts takes four times as much, and an import may name millions. */
export class IdSet {
  private ids = Buffer.alloc((FIRST_SLOTS / 2) * BYTES)
  /** Number of the id in `ids`, from 1; 0 where none is. Open addressing, at most half full. */
  private slots = new Uint32Array(FIRST_SLOTS)
  private count = 0

  get size(): number {
    return this.count
  }

  /** Whether it was not there yet. */
  add(id: string): boolean {
    const bytes = bytesOf(id)
    const slot = this.find(bytes)
    if (this.slots[slot] !== 0) return false
    bytes.copy(this.ids, this.count * BYTES)
    this.slots[slot] = ++this.count
    if (this.count * 2 >= this.slots.length) this.grow()
    return true
  }

  has(id: string): boolean {
    return this.slots[this.find(bytesOf(id))] !== 0
  }

  /** The slot of an id, or the one that it would take. */
  private find(bytes: Buffer): number {
    let slot = hashOf(bytes) & (this.slots.length - 1)
    for (let at = this.slots[slot]!; at !== 0; at = this.slots[slot]!) {
      if (this.ids.compare(bytes, 0, BYTES, (at - 1) * BYTES, at * BYTES) === 0) break
      slot = (slot + 1) & (this.slots.length - 1)
    }
    return slot
  }

  private grow(): void {
    const ids = Buffer.alloc(this.ids.length * 2)
    this.ids.copy(ids)
    this.ids = ids
    this.slots = new Uint32Array(this.slots.length * 2)
    for (let at = 1; at <= this.count; at++) this.slots[this.find(this.ids.subarray((at - 1) * BYTES, at * BYTES))] = at
  }
}

/** All bits count: UUIDs may be random, by time, or numbered by hand. */
function hashOf(bytes: Buffer): number {
  let hash = 0
  for (let at = 0; at < BYTES; at += 4) {
    hash = Math.imul(hash ^ bytes.readUInt32BE(at), 0x9e3779b1)
    hash ^= hash >>> 15
  }
  return hash >>> 0
}

function bytesOf(id: string): Buffer {
  return Buffer.from(id.replaceAll('-', ''), 'hex')
}
