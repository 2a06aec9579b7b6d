export { AccessModule, type AccessOptions } from './access.module'
export { type ApiKey, ApiKeys, type IssuedKey, KEY_MARK, KEY_ROLES, type KeyRole, type NewKey } from './api-keys'
export { type Limits, RateLimits } from './rate-limits'
