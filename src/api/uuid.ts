import * as t from 'io-ts'

const form = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** Of something that has no brand of its own, such as a line of a log. */
export const Uuid = new t.Type<string, string, unknown>(
  'Uuid',
  (u): u is string => typeof u === 'string' && form.test(u),
  (u, c) => {
    const lower = typeof u === 'string' ? u.toLowerCase() : ''
    return form.test(lower) ? t.success(lower) : t.failure(u, c, 'must be a UUID')
  },
  t.identity,
)
