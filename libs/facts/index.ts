export * from './claim'
export { claimsOf } from './claims'
export { identifies } from './kin'
export * from './predicates'
