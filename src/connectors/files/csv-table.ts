import { open } from 'node:fs/promises'
import { readDialect } from './dialect.ts'
import type { Listed } from './directory.ts'
import { readRecords, type TableFile } from './records.ts'
import { sinkOf } from './replace.ts'
import { rewrite } from './rewrite.ts'
import { checkedHeader, type Table } from './table.ts'
import { encode, hasOneName, openText } from './text-file.ts'

/** Opens a listed file as a table. Throws `connectors.corrupt` where its head is none; null for a .txt of prose. */
export async function openCsv({ name, path }: Listed): Promise<Table | null> {
  const text = await openText(name, path)
  const file = { ...text, dialect: await readDialect(text) }
  const header = await headerOf(file)
  const isProse = !file.dialect.isClear || header.includes('')
  return /\.txt$/i.test(name) && isProse ? null : asTable(file, checkedHeader(name, header))
}

async function headerOf(file: TableFile): Promise<readonly string[]> {
  for await (const { cells } of readRecords(file)) return cells
  return []
}

async function markOf({ path, mark }: TableFile): Promise<Buffer> {
  await using original = await open(path, 'r')
  const { buffer } = await original.read(Buffer.alloc(mark), 0, mark, 0)
  return buffer
}

function asTable(file: TableFile, header: readonly string[]): Table {
  const { name } = file
  return {
    name,
    file,
    header,
    generated: new Set(),
    maxLength: null,
    fixed: hasOneName(file) ? null : `rewriting ${name}, which has a second name (a hard link)`,
    async *records() {
      for await (const record of readRecords(file)) if (record.number > 0) yield record
    },
    refusal: (field, text) =>
      encode(file, text) === null ? { kind: 'type', constraint: `${field}: ${file.encoding}` } : null,
    async rewrite(revisions, { handle }) {
      const revision = revisions.get(name)
      const mark = await markOf(file)
      const sink = sinkOf(handle)
      await rewrite(file, revision ?? { changed: new Map(), removed: new Set() }, mark, sink)
      await sink.flush()
    },
  }
}
