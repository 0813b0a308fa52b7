import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { type Dialect, tableStatements } from '../conformance/create-table.ts'
import { conforms } from '../conformance.ts'
import { driver } from './driver.ts'

const dialect: Dialect = {
  type: ({ kind, maxLength }) => (kind === 'text' ? (maxLength ? `varchar(${maxLength})` : 'text') : kind),
  foreignKeysAfterwards: false,
}

conforms({
  name: 'SQLite',
  driver,
  knows: { constraints: true, strictTypes: false, checks: true, nulls: true, hurry: false },
  holds: (name, of) => !name.includes('\0') && !(of === 'collection' && /^sqlite_/i.test(name)),
  // Its names ignore the case of ASCII letters.
  means: (name) => name.replace(/[A-Z]/g, (letter) => letter.toLowerCase()),
  async create(sketches) {
    const directory = await mkdtemp(join(tmpdir(), 'dossier-sqlite-'))
    const path = join(directory, 'a file.db')
    using database = new DatabaseSync(path, { enableForeignKeyConstraints: false })
    database.exec('pragma journal_mode = wal; begin')
    for (const { parts, values } of tableStatements(sketches, dialect))
      database.prepare(parts.join('?')).run(...(values as readonly SQLInputValue[]))
    database.exec('commit')
    return { secret: path, collection: (name) => name, drop: () => rm(directory, { recursive: true }) }
  },
})
