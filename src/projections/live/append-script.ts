/**
 * Appends entries to one stream, cuts it to length, renews its life and wakes the viewers, all in one step. An entry that is not after the last is
 * there already, or was: that is success. KEYS: stream. ARGV: length, seconds to live, channel, then id, type, prev and json of each entry.
 */
export const appendScript = `
local last = '0-0'
if redis.call('EXISTS', KEYS[1]) == 1 then
  local info = redis.call('XINFO', 'STREAM', KEYS[1])
  for i = 1, #info, 2 do
    if info[i] == 'last-generated-id' then last = info[i + 1] end
  end
end
local function above(a, b)
  if #a ~= #b then return #a > #b end
  return a > b
end
local function after(a, b)
  local ae, an = string.match(a, '^(%d+)-(%d+)$')
  local be, bn = string.match(b, '^(%d+)-(%d+)$')
  if ae ~= be then return above(ae, be) end
  return above(an, bn)
end
for i = 4, #ARGV, 4 do
  if after(ARGV[i], last) then
    last = ARGV[i]
    redis.call('XADD', KEYS[1], 'MAXLEN', '=', ARGV[1], last, 'type', ARGV[i + 1], 'prev', ARGV[i + 2], 'json', ARGV[i + 3])
  end
end
redis.call('EXPIRE', KEYS[1], ARGV[2])
redis.call('PUBLISH', ARGV[3], last)
return last
`
