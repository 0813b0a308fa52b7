import pg from 'pg'
import { freshDatabase, postgresServers } from '../../../test/servers.ts'
import { toQuery } from '../../platform/sql.ts'
import { type Dialect, tableStatements } from '../conformance/create-table.ts'
import { conforms } from '../conformance.ts'
import { driver } from './driver.ts'

const dialect: Dialect = {
  type: ({ kind, maxLength }) => (kind === 'text' ? (maxLength ? `varchar(${maxLength})` : 'text') : kind),
  foreignKeysAfterwards: true,
}

for (const server of await postgresServers())
  conforms({
    name: `PostgreSQL (${server.name})`,
    driver,
    knows: { constraints: true, strictTypes: true, nulls: true },
    async create(sketches) {
      const database = await freshDatabase(server)
      const client = new pg.Client({ connectionString: database.url, application_name: 'dossier test' })
      await client.connect()
      await client.query('begin')
      for (const statement of tableStatements(sketches, dialect)) await client.query(toQuery(statement))
      await client.query('commit')
      await client.end()
      return {
        secret: driver.parse(database.url, '/').secret,
        collection: (name) => `public.${/[."]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name}`,
        drop: () => database.drop(),
      }
    },
  })
