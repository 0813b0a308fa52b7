import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { batches, fanOut } from '../database/fan-out.ts'
import { tables } from '../database/tables.ts'

const root = join(import.meta.dirname, '..')
const subjectTables = Object.entries({ ...tables.main, ...tables.keys })
  .filter(([, kind]) => kind === 'subject')
  .map(([table]) => table)

interface Statement {
  readonly name: string
  readonly sql: string
  /** Of a file whose statements are all for a chunk of many people. */
  readonly isOfChunk: boolean
}

/** Every function of a domain's queries, with its text. */
function statements(): readonly Statement[] {
  return globSync('src/*/*queries*.ts', { cwd: root }).flatMap((file) => {
    const domain = file.split('/')[1] ?? ''
    const text = readFileSync(join(root, file), 'utf8')
    const parts = text.split(/^(?=(?:export )?(?:const|async function|function) )/m)
    return parts.flatMap((part) => {
      const name = /^(?:export )?(?:const|async function|function) (\w+)/.exec(part)?.[1]
      const isOfChunk = file.endsWith('chunk-queries.ts')
      return name && part.includes('sql`') ? [{ name: `${domain}.${name}`, sql: part, isOfChunk }] : []
    })
  })
}

const touchesSubjects = ({ sql }: Statement): boolean =>
  subjectTables.some((table) =>
    new RegExp(`\\b(?:from|join|update|into)\\s+${table.replace('.', '\\.')}\\b`).test(sql),
  )
const namesOneSubject = ({ sql }: Statement): boolean =>
  /subject_id = (?:\$\{|any\()|\(subject_id\b|\bheld\(/.test(sql)

describe('statements on tables of subjects', () => {
  const spanning = statements().filter(
    (one) => touchesSubjects(one) && (one.isOfChunk || !namesOneSubject(one)),
  )

  it('name one subject, or stand in the list of those that do not', () => {
    assert.ok(statements().length > 40, 'the test reads the statements')
    assert.deepEqual(
      spanning.map(({ name }) => name).toSorted(),
      [...Object.keys(fanOut), ...Object.keys(batches)].toSorted(),
    )
  })

  it('take no lock and write nothing when they span subjects', () => {
    for (const { name, sql } of spanning.filter((one) => !(one.name in batches)))
      assert.doesNotMatch(sql, /for (?:update|share)\b|\b(?:update|delete from|insert into)\s+\w+\./, name)
  })
})
