export { beginningOfLonger, canonicalKeys, firstWord } from './canonical'
export { Entities, type Mention } from './entities'
export { EntitiesModule } from './entities.module'
