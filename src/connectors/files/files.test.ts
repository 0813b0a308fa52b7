import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'csv-stringify/sync'
import type { Sketch } from '../conformance/sketch.ts'
import { conforms } from '../conformance.ts'
import { driver } from './driver.ts'

const csv = ({ fields, rows }: Sketch): string =>
  stringify([fields.map(({ name }) => name), ...rows], { quoted_match: '\r' })

/** What looks like data may be a first record without header. */
const isField = (name: string): boolean => name !== '' && !name.includes('\0') && !/^\S+@\S+\.\S+$/.test(name)

/** A file's name has no slash, is not hidden, and is at most 255 bytes long. */
const isFile = (name: string): boolean =>
  name !== '' && !/^\.|^~\$|[/\0]/.test(name) && Buffer.byteLength(name) <= 250

conforms({
  name: 'CSV files',
  driver,
  knows: { constraints: false, strictTypes: false, checks: false, nulls: false, hurry: false },
  holds: (name, of) => (of === 'field' ? isField(name) : isFile(name)),
  async create(sketches) {
    const directory = await mkdtemp(join(tmpdir(), 'dossier-files-'))
    for (const sketch of sketches) await writeFile(join(directory, `${sketch.name}.csv`), csv(sketch))
    return {
      secret: directory,
      collection: (name) => `${name}.csv`,
      drop: () => rm(directory, { recursive: true }),
    }
  },
})
