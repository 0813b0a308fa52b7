import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { nameOf } from './bearer.ts'
import { indexBearers } from './bearer-index.ts'
import type { Person } from './person.ts'

const alphabet = 'abcdefghijklmnopqrstuvwxy'
const first = Array.from({ length: 50 }, (_, i) => `First${alphabet[i % 25]}${i < 25 ? 'x' : 'y'}`)
const last = first.map((one) => one.replace('First', 'Family'))

/** Ten thousand people of fifty first and fifty last names, a hundred behind each phone. */
const people = Array.from({ length: 10_000 }, (_, i): Person => {
  const name = [first[i % 50] ?? '', last[Math.floor(i / 50) % 50] ?? '']
  return {
    unique: [{ kind: 'email', value: `person${i}@example.org` }],
    shared: [{ kind: 'phone', value: `+336123456${String(i % 100).padStart(2, '0')}` }],
    names: [name],
  }
})

describe('an index of who bears what', () => {
  const index = indexBearers(people)

  it('asks only those of whom a row bears the whole name, in any order and spelling', () => {
    const row = ['FAMILYDX', 'Fírsthx']
    assert.equal(index.mayBeNamed(row), true)
    const groups = index.named(nameOf(row))
    assert.deepEqual(
      groups.map((group) => group.people),
      [[157, 2_657, 5_157, 7_657]],
      'people of one name are asked about together',
    )
    assert.equal(index.mayBeNamed(['Firsthx', 'Somebody-Else']), false)
    assert.equal(index.mayBeNamed(['Firsthx', 'Firstax Firstbx']), false)
    assert.equal(index.mayBeNamed(['Familydx']), false)
  })

  it('knows who shares a phone by its last nine digits, and whose address an alias is', () => {
    const sharers = index.shared('phone', 'digits').get('612345607') ?? []
    assert.equal(sharers.length, 100)
    assert.ok(sharers.every(([person]) => person % 100 === 7))
    assert.deepEqual(index.withAddress('person77@example.org'), [77])
    assert.deepEqual(index.withAddress('person@example.org'), [])
    assert.deepEqual([index.hasShared('phone'), index.hasShared('bank-account')], [true, false])
  })
})
