import assert from 'node:assert/strict'
import { rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { commandLine } from './command-line.ts'
import { databaseContents } from './database-contents.ts'
import { freshInstallation, type TestInstallation } from './installation.ts'
import { commandIsRefused, nothingChanges } from './refused.ts'
import { postgresServer } from './servers.ts'
import { type SmallCompany, smallCompany } from './small-company.ts'

describe('a wrong setting', () => {
  let installation: TestInstallation
  let company: SmallCompany
  let place = ''
  before(async () => {
    installation = await freshInstallation()
    company = await smallCompany(installation.ctx, await postgresServer())
    place = installation.config.paths.data
  })
  after(async () => {
    await company[Symbol.asyncDispose]()
    await installation.dispose()
  })

  const changesNothing = (work: () => Promise<void>): Promise<void> =>
    nothingChanges(installation.ctx, [installation.urls.main, installation.urls.keys, company.url], work)

  const refusedWith = (
    env: Readonly<Record<string, string>>,
    exit: number,
    code: string,
    says: RegExp,
  ): Promise<void> => {
    const french = commandLine(installation, { ...env, DOSSIER_LANGUAGE: 'fr' })
    return commandIsRefused(french, ['systems', 'list'], { exit, code, says })
  }

  it('is named: an address, a clock, databases that do not belong together', () =>
    changesNothing(async () => {
      await using other = await freshInstallation()
      const theirs = await databaseContents(other.urls.keys)
      const { main, keys } = installation.urls
      await refusedWith(
        { DATABASE_URL: 'mysql://db/x' },
        2,
        'platform.config',
        /DATABASE_URL.*no address of a PostgreSQL/,
      )
      await refusedWith({ KEYS_DATABASE_URL: '' }, 2, 'platform.config', /needed together/)
      await refusedWith({ DOSSIER_CLOCK: 'tomorrow' }, 2, 'platform.config', /DOSSIER_CLOCK.*\+P5Y/)
      await refusedWith(
        { DATABASE_URL: company.url },
        2,
        'platform.database-foreign',
        /tables that are not Dossier’s/,
      )
      await refusedWith({ KEYS_DATABASE_URL: company.url }, 2, 'platform.database-foreign', /not Dossier’s/)
      await refusedWith(
        { DATABASE_URL: keys, KEYS_DATABASE_URL: main },
        2,
        'platform.database-other',
        /mixed up/,
      )
      await refusedWith({ KEYS_DATABASE_URL: main }, 2, 'platform.database-other', /or the same/)
      await refusedWith({ DATABASE_URL: other.urls.main }, 3, 'platform.key-of-another', /belong together/)
      await refusedWith(
        { KEYS_DATABASE_URL: other.urls.keys },
        3,
        'platform.keys-database-other',
        /not the one/,
      )
      assert.deepEqual(await databaseContents(other.urls.keys), theirs)
    }))

  it('is named: keys that are missing or another installation’s, a directory that is none', () =>
    changesNothing(async () => {
      await using other = await freshInstallation()
      const { keys } = other.config.paths
      await refusedWith(
        { DOSSIER_KEYS: join(place, 'none') },
        3,
        'platform.key-missing',
        /index\.key is missing/,
      )
      await refusedWith({ DOSSIER_KEYS: keys }, 3, 'platform.key-of-another', /not the one/)
      await writeFile(join(keys, 'index.key'), 'not a key')
      await refusedWith({ DOSSIER_KEYS: keys }, 3, 'platform.key-unreadable', /cannot be read/)
      await writeFile(join(place, 'file'), '')
      await refusedWith({ DOSSIER_DATA: join(place, 'file') }, 3, 'platform.directory-unwritable', /EEXIST/)
      await rm(join(place, 'file'))
    }))

  it('is named: a port that is taken', async () => {
    const blocker = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => blocker.once('listening', resolve))
    const address = blocker.address()
    const port = String(typeof address === 'object' ? address?.port : '')
    const { exit, stdout, stderr } = await commandLine(installation, { PORT: port }).run('start')
    blocker.close()
    assert.deepEqual([exit, stdout], [3, ''])
    assert.match(stderr, new RegExp(`^Port ${port} is taken by another program\\.`))
  })
})
