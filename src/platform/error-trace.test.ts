import assert from 'node:assert/strict'
import { test } from 'node:test'
import { traceOf } from './error-trace.ts'
import { problem } from './problems.ts'

const canary = 'marie.canary@example.org'

test('a trace names kind, code and place of an error and of its causes, and none of their words', () => {
  const cause = Object.assign(new RangeError(`Key (email)=(${canary})\n    at ${canary}\nDETAIL`), {
    code: '23505',
  })
  const trace = traceOf(problem('platform.unexpected', { who: canary }, cause))
  assert.equal(trace.kind, 'Problem')
  assert.equal(trace.code, 'platform.unexpected')
  assert.match(trace.at[0] ?? '', /problem\.ts:\d+:\d+|error-trace\.test\.ts:\d+:\d+/)
  assert.equal(trace.cause?.kind, 'RangeError')
  assert.equal(trace.cause?.code, '23505')
  assert.doesNotMatch(JSON.stringify(trace), new RegExp(canary))
})

test('a code that could be a value is left out', () => {
  assert.equal(traceOf(Object.assign(new Error('x'), { code: canary })).code, undefined)
})

test('something thrown that is no error gives its kind alone', () => {
  assert.deepEqual(traceOf(canary), { kind: 'string', at: [] })
})
