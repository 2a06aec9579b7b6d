import { Memory1763700000000 } from './1763700000000-memory'
import { Hamming1763800000000 } from './1763800000000-hamming'
import { Dreams1763900000000 } from './1763900000000-dreams'
import { Policies1763950000000 } from './1763950000000-policies'
import { Weighing1764000000000 } from './1764000000000-weighing'
import { Tells1764100000000 } from './1764100000000-tells'
import { Keys1764200000000 } from './1764200000000-keys'
import { Purge1767000000000 } from './1767000000000-purge'
import { Tombstones1767100000000 } from './1767100000000-tombstones'
import { Kinds1767300000000 } from './1767300000000-kinds'

/** In order of their time; a migration that was released is never edited. */
export const MIGRATIONS = [
  Memory1763700000000, Hamming1763800000000, Dreams1763900000000, Policies1763950000000, Weighing1764000000000, Tells1764100000000, Keys1764200000000,
  Purge1767000000000, Tombstones1767100000000, Kinds1767300000000,
]

/**
 * Time stamp of the last migration of the oldest release that works on this schema: that of the release before this one, which runs
 * beside it while processes are replaced. Before the first release it is the first migration's.
 */
export const SERVES_SINCE = 1_763_700_000_000
