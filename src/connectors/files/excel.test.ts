import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { conforms } from '../conformance.ts'
import { driver } from './driver.ts'
import { workbook } from './workbook/workbook.fixture.ts'

conforms({
  name: 'Excel files',
  driver,
  knows: { constraints: false, strictTypes: false, checks: false, nulls: false, hurry: false },
  longestCell: 32_767,
  fewNames: 40,
  // What Excel allows: at most 31 characters, some of them never, and no two names that differ in case alone.
  holds: (name, of) =>
    of === 'field'
      ? name !== '' && !/^\S+@\S+\.\S+$/.test(name)
      : name !== '' && name.length <= 31 && !/[[\]:*?/\\\0-\x1f\ufffe\uffff]|^'|'$/.test(name),
  means: (name) => name.toLowerCase(),
  async create(sketches) {
    const directory = await mkdtemp(join(tmpdir(), 'dossier-excel-'))
    const sheets = sketches.map(({ name, fields, rows }) => ({
      name,
      rows: [fields.map((field) => field.name), ...rows],
    }))
    await writeFile(join(directory, 'book.xlsx'), await workbook(sheets))
    return {
      secret: directory,
      collection: (name) => `book.xlsx/${name}`,
      drop: () => rm(directory, { recursive: true }),
    }
  },
})
