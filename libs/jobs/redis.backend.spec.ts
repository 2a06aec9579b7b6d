import { RedisBackend, redisWarnings } from './redis.backend'

describe('a Redis for jobs', () => {
  it('is not warned of when it keeps what it is given', () => {
    expect(redisWarnings('maxmemory_policy:noeviction\r\naof_enabled:1\r\n', '')).toEqual([])
    expect(redisWarnings('maxmemory_policy:noeviction\r\naof_enabled:0\r\n', '3600 1')).toEqual([])
    expect(redisWarnings('maxmemory_policy:noeviction\r\naof_enabled:0\r\n', undefined)).toEqual([])
  })

  it('says which file of a certificate authority cannot be read', () => {
    expect(() => new RedisBackend('rediss://127.0.0.1:6380', () => false, '/nowhere/ca.pem'))
      .toThrow(expect.objectContaining({ message: expect.stringContaining('/nowhere/ca.pem'), cure: expect.stringContaining('REDIS_CA_FILE') }))
  })
})
