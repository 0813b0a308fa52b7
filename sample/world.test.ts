import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { parseDay } from './calendar.ts'
import { createWorld } from './world.ts'

const today = parseDay('2026-08-31') ?? 0
const world = createWorld('test', 20_000, today)
const people = Array.from({ length: 12_000 }, (_, i) => world.customer(i + 1))

suite('the people of the sample', () => {
  test('are the same in whatever order they are asked for', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 20_000 }), { minLength: 1, maxLength: 8 }),
        (indexes) => {
          const fresh = createWorld('test', 30_000, today)
          for (const index of indexes) assert.deepEqual(fresh.customer(index), world.customer(index))
        },
      ),
      { numRuns: 100 },
    )
  })

  test('have an e-mail address and a customer number each, however the addresses are written', () => {
    assert.equal(new Set(people.map(({ email }) => email.toLowerCase())).size, people.length)
    assert.equal(new Set(people.map(({ customerNumber }) => customerNumber)).size, people.length)
    for (const { email } of people)
      assert.match(email, /^[\w.+-]+@([a-z-]+\.)*([a-z0-9-]+\.example|example\.(com|org|net))$/i)
  })

  test('share a phone only within a household or with their own second account', () => {
    const owners = new Map<string, number>()
    for (const { index, phone, household, duplicateOf } of people) {
      const owner = owners.get(phone.e164)
      if (owner === undefined) owners.set(phone.e164, index)
      else assert.ok(household !== null || duplicateOf !== null, `${index} has the phone of ${owner}`)
    }
    const shared = people.length - owners.size
    assert.ok(shared > 600 && shared < 1_800, `${shared} share a phone`)
  })

  test('are nobody whom the newsletter or the desk alone knows', () => {
    const known = new Set(people.map(({ email }) => email.toLowerCase()))
    let met = 0
    for (let index = 1; index <= 12_000; index++)
      for (const circle of ['newsletter', 'support'] as const) {
        const stranger = world.stranger(circle, index)?.person
        if (stranger === undefined) continue
        met++
        assert.ok(!known.has(stranger.email) && !known.has(stranger.otherEmail), stranger.email)
        assert.equal(stranger.customerNumber, null)
      }
    assert.ok(met > 1_000)
  })

  test('did nothing after today, and nothing before they joined', () => {
    for (const person of people.slice(0, 3_000)) {
      const life = world.life(person)
      for (const purchase of life.purchases) {
        assert.ok(purchase.day >= life.joined && purchase.day < today)
        assert.ok(purchase.paid === null || (purchase.paid >= purchase.day && purchase.paid < today))
      }
      for (const ticket of life.contacts.flatMap(({ tickets }) => tickets)) assert.ok(ticket.day < today)
    }
  })
})
