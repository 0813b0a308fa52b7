import { after, describe } from 'node:test'
import pg from 'pg'
import { freshDatabase } from '../../../test/servers.ts'
import { toQuery } from '../../platform/sql.ts'
import { type Dialect, tableStatements } from '../conformance/create-table.ts'
import { conforms } from '../conformance.ts'
import { servers } from './database.fixture.ts'
import { driver } from './driver.ts'

const dialect: Dialect = {
  type: ({ kind, maxLength }) => (kind === 'text' ? (maxLength ? `varchar(${maxLength})` : 'text') : kind),
  foreignKeysAfterwards: true,
}

const systemColumns = new Set(['tableoid', 'ctid', 'xmin', 'xmax', 'cmin', 'cmax'])

for (const server of servers)
  describe(`PostgreSQL (${server.name})`, async () => {
    // One database for the whole suite, emptied for each test: making one takes longer than most of them.
    const { url, drop } = await freshDatabase(server)
    const owner = new pg.Client({ connectionString: url, application_name: 'dossier test' })
    await owner.connect()
    after(async () => {
      await owner.end()
      await drop()
    })
    conforms({
      name: 'PostgreSQL',
      driver,
      knows: { constraints: true, strictTypes: true, checks: true, nulls: true, hurry: true },
      // Longer names it cuts, without saying so to whoever does not ask.
      holds: (name, of) =>
        name !== '' &&
        !name.includes('\0') &&
        Buffer.byteLength(name) <= 63 &&
        !(of === 'field' && systemColumns.has(name)),
      async create(sketches) {
        await owner.query('rollback; drop schema public cascade; create schema public; begin')
        for (const statement of tableStatements(sketches, dialect)) await owner.query(toQuery(statement))
        await owner.query('commit')
        return {
          secret: driver.parse(url, '/').secret,
          collection: (name) => `public.${/[."]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name}`,
          drop: async () => undefined,
        }
      },
    })
  })
