/** The items by what `key` says of them, each group in their order. (`Map.groupBy` came with Node 21.) */
export function groups<T, K>(items: Iterable<T>, key: (item: T) => K): Map<K, T[]> {
  const all = new Map<K, T[]>()
  for (const item of items) {
    const group = all.get(key(item))
    if (group) group.push(item)
    else all.set(key(item), [item])
  }
  return all
}
