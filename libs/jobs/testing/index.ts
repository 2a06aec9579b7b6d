export { startPrivateRedis, startRedis, type TestRedis } from './redis'
