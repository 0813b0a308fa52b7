import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isProblem } from '../../platform/problem.ts'
import { writeKey } from '../row-key.ts'
import { withFile } from './database.fixture.ts'

/** Each agent that goes makes SQLite read all tickets, for no index tells who refers to one. */
const desk = `
  create table agent (id integer primary key, name text);
  create table ticket (id integer primary key, agent_id integer references agent (id) on delete set null, note text);
  insert into agent values (1, 'Anna'), (2, 'Bert'), (3, 'Carla');
  with recursive n (i) as (select 0 union all select i + 1 from n where i < 199999)
    insert into ticket select i, 3, 'p' || i from n;`

const isLate = (error: unknown) => isProblem(error, 'connectors.timeout')
const keyOf = (id: number) => writeKey([String(id)])

describe('a transaction of a SQLite file that was told when to end', () => {
  it('does not begin what took too long before, and what it did can be kept', () =>
    withFile(desk, async ({ own, write }) => {
      {
        await using session = await write()
        const began = performance.now()
        assert.equal(await session.remove('agent', [keyOf(1)]), 1)
        const took = performance.now() - began
        session.endWithin?.(took / 2)
        await assert.rejects(session.remove('agent', [keyOf(2)]), isLate)
        await session.commit()
      }
      assert.deepEqual(
        own
          .prepare('select name from agent')
          .all()
          .map(({ name }) => name),
        ['Bert', 'Carla'],
      )
    }))

  it('reads and writes nothing more when its time is up, and loses what is not committed', () =>
    withFile(desk, async ({ own, write }) => {
      {
        await using session = await write()
        await session.remove('agent', [keyOf(1)])
        session.endWithin?.(0)
        const named = session.find({ collection: 'agent', keys: [keyOf(2)], fields: ['name'] })
        await assert.rejects(Array.fromAsync(named), isLate)
        await assert.rejects(session.change('ticket', [{ key: keyOf(1), set: { note: null } }]), isLate)
      }
      assert.equal(own.prepare('select count(*) as agents from agent').get()?.agents, 3)
      await using later = await write()
      assert.equal(await later.remove('agent', [keyOf(1), keyOf(2)]), 2)
      await later.commit()
    }))
})
