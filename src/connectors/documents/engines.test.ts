import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isProblem } from '../../platform/problem.ts'
import type { RowChange, WriteSession } from '../connector.ts'
import * as mysql from '../mysql/database.fixture.ts'
import * as postgres from '../postgres/database.fixture.ts'
import { writingDocuments } from './session.ts'

const document =
  '{"n": 12345678901234567890, "price": 1.10, "mail": "ada@example.com", "who": {"tel": "1", "ok": true}}'
const key = '["1"]'

async function change(
  open: Promise<WriteSession>,
  collection: string,
  set: RowChange['set'],
): Promise<number> {
  await using session = writingDocuments(await open)
  const changed = await session.change(collection, [{ key, set }])
  await session.commit()
  return changed
}

const refusedAt =
  (constraint: string) =>
  (error: unknown): boolean =>
    isProblem(error, 'connectors.constraint') && error.params['constraint'] === constraint

for (const server of postgres.servers)
  describe(`documents in PostgreSQL's own types (${server.name})`, () => {
    const tables = [
      `create table doc (id int primary key, plain json not null, kept jsonb,
         short varchar(${document.length}), constraint kept_mail check (kept ? 'mail'),
         constraint tel_is_text check (coalesce(jsonb_typeof(kept #> '{who,tel}'), '') = 'string'))`,
      `insert into doc values (1, '${document}', '${document}', '${document}')`,
    ]

    it('keeps digits, order and blanks as the type keeps them', () =>
      postgres.withDatabase(server, tables, async ({ query, write }) => {
        assert.equal(await change(write(), 'public.doc', { 'plain.$.mail': null, 'kept.$.who.ok': null }), 1)
        const { rows } = await query('select plain::text, kept::text from doc')
        assert.deepEqual(rows[0], {
          plain: document.replace('"mail": "ada@example.com", ', ''),
          kept: '{"n": 12345678901234567890, "who": {"tel": "1"}, "mail": "ada@example.com", "price": 1.10}',
        })
      }))

    it('leaves JSON null where a CHECK wants the member, and takes a filler where it wants a text', () =>
      postgres.withDatabase(server, tables, async ({ query, write }) => {
        await change(write(), 'public.doc', { 'kept.$.mail': null })
        const { rows } = await query(`select kept #> '{mail}' as mail, kept ->> 'n' as n from doc`)
        assert.deepEqual(rows[0], { mail: null, n: '12345678901234567890' })
        await assert.rejects(
          change(write(), 'public.doc', { 'kept.$.who.tel': null }),
          refusedAt('tel_is_text'),
        )
        await change(write(), 'public.doc', { 'kept.$.who.tel': 'erased' })
        assert.equal((await query(`select kept #>> '{who,tel}' as tel from doc`)).rows[0].tel, 'erased')
      }))

    it('does not name the column where it is the document that does not fit', () =>
      postgres.withDatabase(server, tables, async ({ write }) => {
        const set = { 'short.$.who.tel': 'much longer than it was' }
        await assert.rejects(change(write(), 'public.doc', set), (error) =>
          isProblem(error, 'connectors.constraint'),
        )
      }))
  }) // prettier-ignore

for (const server of mysql.servers)
  describe(`documents in JSON columns of ${server.name}`, () => {
    const tables = [
      `create table doc (id int primary key, data json not null, note text,
         constraint has_mail check (json_contains_path(data, 'one', '$.mail')))`,
      `insert into doc values (1, '${document}', 'x')`,
    ]

    it('changes what stands at a path, and keeps what a CHECK wants', () =>
      mysql.withDatabase(server, tables, async ({ query, write }) => {
        // MySQL keeps documents in an order and in numbers of its own.
        const [before] = await query('select concat(data) from doc')
        assert.equal(
          await change(write(), 'doc', { 'data.$.who.tel': null, 'data.$.mail': null, note: 'y' }),
          1,
        )
        const [row] = await query('select concat(data), note from doc')
        const left = server.hasChecks
          ? String(before?.[0]).replace('"ada@example.com"', 'null').replace('"tel": "1"', '"tel": null')
          : String(before?.[0]).replace('"mail": "ada@example.com", ', '').replace(', "tel": "1"', '')
        assert.match(left, /12345678901234567890/)
        assert.deepEqual(row, [left, 'y'])
      }))
  })
