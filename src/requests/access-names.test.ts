import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { fileNamer } from './access-names.ts'

const named = (...names: readonly string[]) => names.map(fileNamer('collection'))

test('ordinary names stay as they are', () => {
  assert.deepEqual(named('public.customer', 'order_line'), ['public.customer', 'order_line'])
})

test('names that would leave the folder, hide or break become plain', () => {
  assert.deepEqual(named('../../etc/passwd'), ['etc-passwd'])
  assert.deepEqual(named('C:\\users\\x'), ['C-users-x'])
  assert.deepEqual(named('.hidden', 'NUL', 'aux.csv'), ['hidden', '_NUL', '_aux.csv'])
  assert.deepEqual(named('Ünïcode 🦊 Straße'), ['Unicode-Stra-e'])
  assert.equal(named('x'.repeat(300))[0]?.length, 60)
})

test('a name of which nothing is left is called by what it is', () => {
  assert.deepEqual(named('🦊', 'العملاء', '..'), ['collection', 'collection-2', 'collection-3'])
})

test('two names that fall together stay apart, also where capitals do not count', () => {
  assert.deepEqual(named('Orders', 'orders', 'orders-2', 'órders'), [
    'Orders',
    'orders-2',
    'orders-2-2',
    'orders-3',
  ])
})

test('any names become as many different, harmless file names', () => {
  const names = fc.array(fc.string({ unit: 'binary', maxLength: 80 }), { maxLength: 20 })
  fc.assert(
    fc.property(names, (some) => {
      const files = some.map(fileNamer('collection'))
      assert.equal(new Set(files.map((file) => file.toLowerCase())).size, some.length)
      for (const file of files) assert.match(file, /^[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_])?$/)
    }),
  )
})
