import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { driver } from '../sqlite/driver.ts'
import { documents } from './document.fixture.ts'
import { type Node, parseDocument } from './document.ts'
import { type Path, writePath } from './path.ts'
import { cellAt } from './read-path.ts'
import { readingDocuments, writingDocuments } from './session.ts'

const limits = { statementTimeoutMs: 20_000, lockTimeoutMs: 300 }
const collection = 'doc'

/** Paths of names alone that lead to a text or a number. */
function leaves(node: Node, path: Path = []): readonly Path[] {
  if (node.kind === 'string' || node.kind === 'number') return [path]
  if (node.kind !== 'object') return []
  return node.children.flatMap(({ key, value }) => leaves(value, [...path, { member: key ?? '' }]))
}

async function withDocuments(
  texts: readonly string[],
  work: (secret: string) => Promise<void>,
): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'dossier-documents-'))
  try {
    const secret = join(directory, 'doc.db')
    using database = new DatabaseSync(secret)
    database.exec('create table doc (id integer primary key, data text)')
    const insert = database.prepare('insert into doc values (?, ?)')
    for (const [i, text] of texts.entries()) insert.run(i + 1, text)
    await work(secret)
  } finally {
    await rm(directory, { recursive: true })
  }
}

const sampled = () =>
  fc
    .sample(documents, 80)
    .map(({ text }) => text)
    .filter((text) => !text.includes('\\u0000')) // prettier-ignore

describe('a session that understands paths', () => {
  it('finds every document by everything that stands in it, and no other', async () => {
    const texts = sampled()
    const parsed = texts.map((text) => parseDocument(text))
    await withDocuments(texts, async (secret) => {
      await using session = readingDocuments(await driver.openRead(secret, limits))
      for (const [i, root] of parsed.entries()) {
        const path = root && leaves(root)[i % 3]
        const value = root && path && cellAt(texts[i] ?? '', root, path)
        if (!path || value === null || value === undefined) continue
        const field = `data.${writePath(path)}`
        const expected = parsed.flatMap((one, id) =>
          one && cellAt(texts[id] ?? '', one, path) === value ? [id + 1] : [],
        ) // prettier-ignore
        const matches = [{ fields: [field], fold: 'none' as const, values: [[value]] }]
        const rows = await Array.fromAsync(session.find({ collection, matches, fields: ['id'] }))
        assert.deepEqual(
          rows.map(({ cells }) => Number(cells[0])).toSorted((a, b) => a - b),
          expected,
          field,
        )
      }
    })
  })

  it('changes the documents it is told to, and no byte of another', async () => {
    const texts = sampled()
    await withDocuments(texts, async (secret) => {
      const parsed = texts.map((text) => parseDocument(text))
      const changes = parsed.flatMap((root, i) => {
        const path = root && i % 2 === 0 ? leaves(root)[0] : undefined
        return path && path.length > 0
          ? [{ key: JSON.stringify([String(i + 1)]), set: { [`data.${writePath(path)}`]: null } }]
          : [] // prettier-ignore
      })
      {
        await using session = writingDocuments(await driver.openWrite(secret, limits))
        assert.equal(await session.change(collection, changes), changes.length)
        await session.commit()
      }
      const changed = new Set(changes.map(({ key }) => key))
      using database = new DatabaseSync(secret)
      for (const { id, data } of database.prepare('select id, data from doc').all()) {
        const [was, now] = [texts[Number(id) - 1] ?? '', String(data)]
        if (changed.has(JSON.stringify([String(id)])))
          assert.ok(now.length < was.length && parseDocument(now))
        else assert.equal(now, was)
      }
    })
  })
})
