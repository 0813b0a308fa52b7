import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import { type Match, openRead, parseUrl, type ReadSession, type RowQuery } from '../connectors/public.ts'
import { findInSlices, rememberingFinds } from './finds.ts'

const owners = ['1', '1', '2', '3', '4', '4']

let directory: string
let real: ReadSession
/** The same session; notes the values it is asked for. */
let session: ReadSession
let asked: string[][]

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'dossier-finds-'))
  const path = join(directory, 'own.db')
  using database = new DatabaseSync(path)
  database.exec('create table notes (id integer primary key, owner text)')
  for (const owner of owners) database.prepare('insert into notes (owner) values (?)').run(owner)
})
after(() => rm(directory, { recursive: true, force: true }))

beforeEach(async () => {
  const target = await parseUrl(`sqlite:${join(directory, 'own.db')}`, '/')
  real = await openRead(target, { statementTimeoutMs: 20_000, lockTimeoutMs: 200 })
  asked = []
  const find = (query: RowQuery) => {
    asked.push([...new Set((query.matches ?? []).flatMap(({ values }) => values.flat()))])
    return real.find(query)
  }
  session = { ...real, find }
})
afterEach(() => real[Symbol.asyncDispose]())

const by = (values: readonly string[], fold: Match['fold'] = 'none') => ({
  collection: 'notes',
  fields: ['owner'],
  matches: [{ fields: ['owner'], fold, values: values.map((value) => [value]) }],
})

test('a round asks for what the one before did not, and gives the rows of both', async () => {
  const find = rememberingFinds(session)
  const first = await Array.fromAsync(find(by(['1', '3'])))
  const second = await Array.fromAsync(find(by(['4', '3', '1'])))
  assert.deepEqual(asked, [['1', '3'], ['4']])
  assert.deepEqual(
    second.map(({ cells }) => cells[0]),
    ['1', '1', '3', '4', '4'],
  )
  assert.equal(second[0], first[0], 'the same row, for whom something is remembered of it')
  assert.equal((await Array.fromAsync(find(by(['1', '3', '4'])))).length, 5)
  assert.equal(asked.length, 2, 'there was nothing new to ask for')
})

test('a round that no longer asks for all is answered anew', async () => {
  const find = rememberingFinds(session)
  await Array.fromAsync(find(by(['1', '2'])))
  const rows = await Array.fromAsync(find(by(['2', '4'])))
  assert.deepEqual(
    rows.map(({ cells }) => cells[0]),
    ['2', '4', '4'],
  )
  assert.deepEqual(asked, [
    ['1', '2'],
    ['2', '4'],
  ])
})

test('many values are asked for in slices, but for those that no index serves', async () => {
  const many = Array.from({ length: 2_500 }, (_, i) => String(i))
  assert.equal((await Array.fromAsync(findInSlices(session)(by(many)))).length, owners.length)
  assert.deepEqual(
    asked.splice(0).map((values) => values.length),
    [1_000, 1_000, 500],
  )
  assert.equal((await Array.fromAsync(findInSlices(session)(by(many, 'lower')))).length, owners.length)
  assert.equal(asked.length, 1)
})
