import type { Settings } from '#config'
import type { RedisTarget } from '#working-memory'

/** The Redis of working memory and of counted requests; undefined where the store is embedded, and all is in this process. */
export function redisOf(store: Settings['store']): (RedisTarget & { readonly prefix: string }) | undefined {
  return store.backend === 'postgres' ? { url: store.redisUrl!, caFile: store.redisCa, prefix: store.redisPrefix } : undefined
}
