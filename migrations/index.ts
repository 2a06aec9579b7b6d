import { Memory1763700000000 } from './1763700000000-memory'

/** In order of their time; a migration that was released is never edited. */
export const MIGRATIONS = [Memory1763700000000]
