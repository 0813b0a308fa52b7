import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import type { Context } from '../src/platform/context.ts'
import { readPeopleFile, receiveBatch } from '../src/requests/public.ts'
import { commandLine } from './command-line.ts'
import { freshInstallation, type TestInstallation } from './installation.ts'
import { refusal } from './refusal.ts'
import { postgresServer } from './servers.ts'
import { type SmallCompany, smallCompany } from './small-company.ts'

let installation: TestInstallation
let company: SmallCompany
let ctx: Context
let directory: string

beforeEach(async () => {
  installation = await freshInstallation()
  ctx = installation.ctx
  company = await smallCompany(ctx, await postgresServer())
  directory = await mkdtemp(join(tmpdir(), 'dossier-people-'))
})
afterEach(async () => {
  await rm(directory, { recursive: true })
  await company[Symbol.asyncDispose]()
  await installation.dispose()
})

async function fileOf(content: string): Promise<string> {
  const file = join(directory, 'people.csv')
  await writeFile(file, content)
  return file
}

describe('a file of people', () => {
  const read = async (content: string) => {
    const { count, people } = await readPeopleFile(ctx, await fileOf(content))
    const named = await Array.fromAsync(
      people,
      ({ line, asked }) => `${line} ${asked.map(({ kind, value }) => `${kind}:${value}`).join(' ')}`,
    )
    assert.equal(named.length, count)
    return named
  }

  it('names people under headers, several identifiers of one beside each other', async () => {
    assert.deepEqual(await read('\ufeffEmail;Number\nAnna@example.org;\n;C-1\nb@x.example;C-2\n'), [
      '2 email:anna@example.org',
      '3 number:C-1',
      '4 email:b@x.example number:C-2',
    ])
  })

  it('names people as they would be typed where it has no headers', async () => {
    assert.deepEqual(await read('anna@example.org\r\n\r\nnumber:C-1,whatever\r\n'), [
      '1 email:anna@example.org',
      '3 number:C-1',
    ])
  })

  it('is refused as a whole, with the lines that name nobody and nothing of what stands there', async () => {
    const error = await refusal(read('email\nanna@example.org\nno address\n\nnor this\n'))
    assert.equal(error.code, 'requests.people-lines')
    assert.deepEqual(error.params, { count: 2, lines: '3, 5' })
  })

  it('is refused at the line that was changed while it was taken in', async () => {
    const file = await fileOf('email\nanna@example.org\ncarla@example.net\n')
    const receive = async (change?: string) => {
      const { count, people } = await readPeopleFile(ctx, file)
      if (change) await fileOf(change)
      return receiveBatch(ctx, { people, count, identityProof: 'operator-attested' })
    }
    const error = await refusal(receive('email\nanna@example.org\nno address\n'))
    assert.deepEqual([error.code, error.params], ['requests.people-lines', { count: 1, lines: '3' }])
    await fileOf('email\nanna@example.org\ncarla@example.net\n')
    assert.equal((await receive()).people, 2, 'and can be handed in again')
  })

  it('is refused when it is none', async () => {
    const error = await refusal(readPeopleFile(ctx, '/nowhere/people.csv'))
    assert.deepEqual([error.code, error.params.reason], ['requests.people-file-unreadable', 'ENOENT'])
    assert.equal((await refusal(read('"anna'))).code, 'requests.people-file-unreadable')
  })

  it('is erased from the terminal, in a plan and its approval', { timeout: 60_000 }, async () => {
    const file = await fileOf('email\nanna@example.org\ncarla@example.net\n')
    const dossier = commandLine(installation)
    const plan = await dossier.json('erase', '--file', file)
    assert.deepEqual([plan.exit, plan.document['people']], [0, 2])
    const done = await dossier.json('erase', '--approve', String(plan.document['plan']))
    assert.deepEqual([done.exit, done.document['state'], done.document['completed']], [0, 'finished', 2])
    assert.equal((await dossier.run('erase', 'x@y.example', '--file', file)).exit, 2)
  })
})
