/** How many of a list are done in one turn of the event loop: a sentence takes some 0.1 ms, a long text some ms. */
const IN_A_TURN = 32

/** Lets everything else that waits go first. */
export function nextTurn(): Promise<void> {
  return new Promise((done) => setImmediate(done))
}

/** `items.map`, spread over turns of the event loop, so that long work leaves room for requests. */
export async function mapInTurns<T, R>(items: readonly T[], map: (item: T, index: number) => R): Promise<R[]> {
  const made: R[] = []
  for (let at = 0; at < items.length; at += IN_A_TURN) {
    if (at > 0) await nextTurn()
    items.slice(at, at + IN_A_TURN).forEach((item, i) => made.push(map(item, at + i)))
  }
  return made
}
