import { after, describe } from 'node:test'
import { createConnection } from 'mysql2/promise'
import { freshMysqlDatabase } from '../../../test/mysql-server.ts'
import { type Dialect, tableStatements } from '../conformance/create-table.ts'
import { conforms } from '../conformance.ts'
import { servers } from './database.fixture.ts'
import { driver } from './driver.ts'

const dialect: Dialect = {
  // A TEXT can be part of a key by its beginning alone.
  type: ({ kind, maxLength, required }) =>
    kind === 'text' ? (maxLength || required ? `varchar(${maxLength ?? 200})` : 'longtext') : kind,
  castType: ({ kind }) => (kind === 'text' ? 'char' : 'signed'),
  foreignKeysAfterwards: true,
}

/** MySQL's names know no characters beyond U+FFFF, end in no space, and those of columns ignore case. */
function possible(names: readonly string[]): readonly string[] {
  const lower = names.map((name) => name.toLowerCase())
  return names.filter(
    (name, i) => !/ $|[\u{10000}-\u{10ffff}]/u.test(name) && lower.indexOf(lower[i] ?? '') === i,
  )
}

const asText = (value: unknown): string | null => (value === null ? null : String(value))

for (const server of servers)
  describe(server.name, async () => {
    // One database for the whole suite, emptied for each test.
    const { url, name: database, drop } = await freshMysqlDatabase(server)
    const owner = await createConnection({ uri: url, charset: 'utf8mb4' })
    after(async () => {
      await owner.end()
      await drop()
    })
    conforms({
      name: 'MySQL',
      driver,
      knows: { constraints: true, strictTypes: true, nulls: true },
      names: possible,
      async create(sketches) {
        await owner.query(`drop database ${database}`)
        await owner.query(`create database ${database}`)
        await owner.query(`use ${database}`)
        // The suite's statements quote names as PostgreSQL does.
        await owner.query(`set sql_mode = 'ANSI_QUOTES,STRICT_ALL_TABLES'`)
        // Prepared: mysql2 would take a quoted backslash in a name for the beginning of a longer one.
        for (const { parts, values } of tableStatements(sketches, dialect))
          await owner.execute(parts.join('?'), values.map(asText))
        return {
          secret: driver.parse(url, '/').secret,
          collection: (name) => name,
          drop: async () => undefined,
        }
      },
    })
  })
