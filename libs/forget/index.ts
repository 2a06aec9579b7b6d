export { Expiry } from './expiry'
export { ForgetModule } from './forget.module'
export { ForgetService } from './forget.service'
export * from './forget.types'
