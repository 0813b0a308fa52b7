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

/** SQLite's names ignore the case of ASCII letters. */
function withoutTwins(names: readonly string[]): readonly string[] {
  const lower = names.map((name) => name.replace(/[A-Z]/g, (letter) => letter.toLowerCase()))
  return names.filter((_, i) => lower.indexOf(lower[i] ?? '') === i)
}

conforms({
  name: 'SQLite',
  driver,
  knows: { constraints: true, strictTypes: false, nulls: true },
  names: withoutTwins,
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
