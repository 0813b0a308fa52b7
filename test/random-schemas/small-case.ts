import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openSystems, type Plan, planErasure, planPeople } from '../../src/holdings/public.ts'
import { addSystem, importMap, scanSystems } from '../../src/inventory/public.ts'
import type { Context } from '../../src/platform/context.ts'
import { isProblem } from '../../src/platform/problem.ts'
import {
  approvePlan,
  askedIdentifiers,
  carryOut,
  planRequest,
  type RequestOutcome,
  receiveRequest,
} from '../../src/requests/public.ts' // prettier-ignore

/** Anna and Bert, with addresses of their own: requests of one case must mean nobody in the next. */
export const twoPeople = (prefix: string, columns = ''): string => `
    create table person (id integer primary key, email text not null unique, name text${columns && `, ${columns}`});
    insert into person (id, email, name) values (1, '${prefix}.anna@example.org', 'Anna Muster'), (2, '${prefix}.bert@example.org', 'Bert Ruiz');`

export const personMap =
  'person: {rows: delete, fields: {email: {category: email, identifier: email}, name: {category: person-name}}}'

/** Of a table that a column `person_id` gives to its person. */
export const ofPerson = 'links: [{to: person, on: {person_id: id}, role: owner}]'

/** Two people's row, under both their keys. */
export const coupleMap =
  'couple: {rows: delete, links: [{to: person, on: {one_id: id}, role: owner}, {to: person, on: {other_id: id}, role: owner}]}'

/** A rule that keeps rows while their column `open` is 1. */
export const whileOpen = 'open: {while: open = 1, ground: legal-claims, article: GDPR 17(3)(e)}'

export const aDayLater = (ctx: Context): Context => ({
  ...ctx,
  now: () => new Date(ctx.now().getTime() + 86_400_000),
})

/** A few tables in a SQLite file of their own, known as `world`, with a map. */
export interface SmallCase extends AsyncDisposable {
  /** `meanwhile` happens between plan and deed. */
  erase(identifier: string, meanwhile?: () => void): Promise<RequestOutcome>
  /** What erasing somebody would do, planned for them alone and for a list that holds nobody else. */
  plans(identifier: string): Promise<readonly [alone: Plan, listed: Plan]>
  run(statement: string): void
  /** Each row as its values joined by `|`. */
  query(statement: string): readonly string[]
}

export interface SmallCaseInput {
  /** Tables and rows, in SQL. */
  readonly tables: string
  /** Below `collections:` of the one system, in YAML. */
  readonly map: string
  /** Below `rules:`. */
  readonly rules?: string
}

export async function smallCase(ctx: Context, { tables, map, rules }: SmallCaseInput): Promise<SmallCase> {
  const directory = await mkdtemp(join(tmpdir(), 'dossier-case-'))
  const path = join(directory, 'world.db')
  const database = new DatabaseSync(path, { enableForeignKeyConstraints: false })
  database.exec(tables)
  await addSystem(ctx, { name: 'world', url: `sqlite:${path}`, baseDirectory: '/', replace: true })
  await scanSystems(ctx, { names: ['world'] })
  const imported = await importMap(
    ctx,
    `version: 1\ncountry: FR\nsystems:\n  world:\n    collections:\n${indented(map, 6)}\nrules:\n${indented(rules ?? '{}', 2)}`,
  )
  assert.ok(imported.imported, JSON.stringify(imported.findings))
  return {
    async erase(identifier, meanwhile) {
      const asked = await askedIdentifiers(ctx, identifier)
      const request = await receiveRequest(ctx, {
        kind: 'erasure',
        asked,
        identityProof: 'operator-attested',
      })
      const { plan } = await planRequest(ctx, request)
      await approvePlan(ctx, plan.id)
      meanwhile?.()
      return carryOut(ctx, request.id)
    },
    async plans(identifier) {
      const asked = await askedIdentifiers(ctx, identifier)
      const today = ctx.now().toISOString().slice(0, 10)
      await using systems = await openSystems(ctx)
      const [[listed] = []] = await Array.fromAsync(planPeople(systems, [{ asked }], today))
      assert.ok(listed && !isProblem(listed))
      return [(await planErasure(ctx, { asked }, today)).plan, listed.plan]
    },
    run: (statement) => database.exec(statement),
    query(statement) {
      const prepared = database.prepare(statement)
      prepared.setReturnArrays(true)
      return (prepared.all() as unknown as readonly (readonly unknown[])[]).map((row) =>
        row.map(String).join('|'),
      )
    },
    async [Symbol.asyncDispose]() {
      database.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

function indented(text: string, by: number): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const least = Math.min(...lines.map((line) => line.length - line.trimStart().length))
  return lines.map((line) => ' '.repeat(by) + line.slice(least)).join('\n')
}
