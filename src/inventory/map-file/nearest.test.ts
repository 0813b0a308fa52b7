import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nearest } from './nearest.ts'

const known = ['public.customer', 'public.invoice', 'public.gift', 'identifier', 'unique']

test('a slip of the fingers, a change of case and a missing schema still find their name', () => {
  assert.equal(nearest('public.custmoer', known), 'public.customer')
  assert.equal(nearest('Public.Invoice', known), 'public.invoice')
  assert.equal(nearest('invoice', known), 'public.invoice')
  assert.equal(nearest('identifer', known), 'identifier')
  assert.equal(nearest('uniqe', known), 'unique')
})

test('a name that only shares its schema is no guess', () => {
  assert.equal(nearest('public.wishes', known), undefined)
  assert.equal(nearest('whatever', known), undefined)
  assert.equal(nearest('', known), undefined)
})

test('of several the closest is taken', () => {
  assert.equal(nearest('addres', ['adresse', 'address_2', 'address']), 'address')
})
