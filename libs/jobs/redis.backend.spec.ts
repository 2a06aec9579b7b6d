import { redisWarnings } from './redis.backend'

describe('a Redis for jobs', () => {
  it('is not warned of when it keeps what it is given', () => {
    expect(redisWarnings('maxmemory_policy:noeviction\r\naof_enabled:1\r\n', '')).toEqual([])
    expect(redisWarnings('maxmemory_policy:noeviction\r\naof_enabled:0\r\n', '3600 1')).toEqual([])
    expect(redisWarnings('maxmemory_policy:noeviction\r\naof_enabled:0\r\n', undefined)).toEqual([])
  })
})
