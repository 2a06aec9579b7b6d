/**
 * Scripts run alone on the server, so the bound holds whoever else writes, and each operation is one round trip.
 * KEYS: items (hash id → JSON), strengths (sorted set), times (sorted set).
 */
const DROP = `
  local function drop(ids)
    for _, id in ipairs(ids) do
      redis.call('HDEL', KEYS[1], id)
      redis.call('ZREM', KEYS[2], id)
      redis.call('ZREM', KEYS[3], id)
    end
  end`

/** ARGV: oldest instant in ms, life in ms, most items, then id, strength, instant and JSON of each item. */
export const ADD = `${DROP}
  for i = 4, #ARGV, 4 do
    redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 3])
    redis.call('ZADD', KEYS[2], ARGV[i + 1], ARGV[i])
    redis.call('ZADD', KEYS[3], ARGV[i + 2], ARGV[i])
  end
  drop(redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', '(' .. ARGV[1]))
  local over = redis.call('ZCARD', KEYS[2]) - tonumber(ARGV[3])
  if over > 0 then drop(redis.call('ZRANGE', KEYS[2], 0, over - 1)) end
  for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, ARGV[2]) end
  return 0`

/** ARGV: ids; without any, everything of the user. Answers how many were there. */
export const REMOVE = `
  if #ARGV == 0 then
    local there = redis.call('HLEN', KEYS[1])
    redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])
    return there
  end
  local there = 0
  for _, id in ipairs(ARGV) do
    there = there + redis.call('HDEL', KEYS[1], id)
    redis.call('ZREM', KEYS[2], id)
    redis.call('ZREM', KEYS[3], id)
  end
  return there`
