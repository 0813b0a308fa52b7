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

/** MySQL's names have at most 64 characters, none of them beyond U+FFFF, and end in no white space. */
const isPossible = (name: string): boolean => /^[\u0001-\uffff]{0,63}(?![\t-\r ])[\u0001-\uffff]$/u.test(name)

/** Tables are files: every character but ASCII letters, digits and _ is written there with up to five. */
const fileName = (name: string): string => name.replace(/[^\w]/g, '@0000')

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
      knows: { constraints: true, strictTypes: true, checks: server.hasChecks, nulls: true, hurry: false },
      holds: (name, of) => isPossible(name) && (of === 'field' || fileName(name).length <= 200),
      means: (name) => name.toLowerCase(),
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
