import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { freshInstallation, type TestInstallation } from '../installation.ts'
import { ofPerson, personMap, smallCase, twoPeople, whileOpen } from './small-case.ts'

/** What random worlds brought to light, each as small as it became. */
describe('an erasure', () => {
  let installation: TestInstallation
  before(async () => {
    installation = await freshInstallation()
  })
  after(() => installation.dispose())

  it('erases the rest where another table holds on to a customer number, and says where it is', async () => {
    await using one = await smallCase(installation.ctx, {
      tables: `
        create table person (id integer primary key, email text, number text not null unique);
        create table loyalty (number text not null references person (number));
        create table coupon (number text references person (number));
        insert into person values (1, 'j.anna@example.org', 'J-10001'), (2, 'j.bert@example.org', 'J-10002');
        insert into loyalty values ('J-10001');
        insert into coupon values ('J-10001'), ('J-10002');`,
      map: `
        person:
          rows: clear
          fields:
            email: {category: email, identifier: email}
            number: {category: customer-number, identifier: number}`,
    })
    const anna = await one.erase('j.anna@example.org')
    assert.equal(anna.state, 'incomplete')
    assert.deepEqual(
      anna.systems[0]?.residue.map(({ collection, field }) => `${collection}.${field}`).toSorted(),
      ['coupon.number', 'loyalty.number', 'person.number'],
    )
    assert.deepEqual(one.query('select email, number from person where id = 1'), ['null|J-10001'])
    const bert = await one.erase('j.bert@example.org')
    assert.equal(bert.state, 'completed', 'a reference that can be emptied is')
    assert.deepEqual(one.query('select number from coupon'), ['J-10001', 'null'])
  })

  it('counts as gone what the removal of another row took along', async () => {
    await using one = await smallCase(installation.ctx, {
      tables: `${twoPeople('k')}
        create table comment (id integer primary key, person_id integer not null references person,
          answer_to integer references comment on delete cascade);
        insert into comment values (1, 1, null), (2, 1, 1), (3, 1, 2);`,
      map: `
        ${personMap}
        comment: {rows: delete, ${ofPerson}}`,
    })
    const outcome = await one.erase('k.anna@example.org')
    assert.equal(outcome.state, 'completed')
    assert.equal(outcome.systems[0]?.deleted, 4)
  })

  it('takes a random day of birth for what it is, an erased one', async () => {
    await using one = await smallCase(installation.ctx, {
      tables: `
        create table child (id integer primary key, email text, born date not null unique);
        insert into child values (1, 'n.anna@example.org', '2015-05-17');`,
      map: `child: {rows: clear, fields: {email: {category: email, identifier: email}, born: {category: birth-date}}}`,
    })
    assert.equal((await one.erase('n.anna@example.org')).state, 'completed')
  })

  it('knows a name in capitals, though one letter of it becomes two', async () => {
    await using one = await smallCase(installation.ctx, {
      tables: `${twoPeople('p')}
        update person set name = 'Anna Weiß' where id = 1;
        create table ticket (id integer primary key, body text);
        insert into ticket values (1, 'WEISS, ANNA called'), (2, 'weiss anna');`,
      map: `
        ${personMap}
        ticket: {rows: delete, fields: {body: {category: free-text}}}`,
    })
    assert.equal((await one.erase('p.anna@example.org')).state, 'completed')
    assert.deepEqual(one.query('select body from ticket'), ['[erased] called', 'null'])
  })

  it('takes no more out of a text than the person, though another row refuses what is written into it', async () => {
    await using one = await smallCase(installation.ctx, {
      tables: `${twoPeople('r')}
        create table line (id integer primary key, person_id integer references person, kind integer, note text,
          check (kind = 2 or note is not null));
        insert into line values (1, 2, 1, 'ask Anna Muster'), (2, 2, 1, 'Anna Muster'), (3, 1, 1, 'three'), (4, 1, 2, 'four');`,
      map: `
        ${personMap}
        line:
          rows: clear
          fields: {note: {category: free-text}}
          ${ofPerson}`,
    })
    assert.equal((await one.erase('r.anna@example.org')).state, 'completed')
    assert.equal(one.query('select note from line where id = 1')[0], 'ask [erased]')
    assert.deepEqual(
      one.query("select id from line where id > 1 and note in ('Anna Muster', 'three', 'four')"),
      [],
    )
  })

  it('knows its own filler in a field that no map names', async () => {
    await using one = await smallCase(installation.ctx, {
      tables: `${twoPeople('s')}
        create table letter (id integer primary key, writer_id integer references person,
          reader_id integer references person, reader_note text not null unique);
        insert into letter values (1, 2, 1, 'she never answers');`,
      map: `
        person: {rows: clear, fields: {email: {category: email, identifier: email, erase: keep}, name: {category: person-name}}}
        letter:
          rows: delete
          links:
            - {to: person, on: {writer_id: id}, role: owner}
            - {to: person, on: {reader_id: id}, role: party, clears: [reader_note]}`,
    })
    await one.erase('s.anna@example.org')
    const left = one.query('select * from letter')
    await one.erase('s.anna@example.org')
    assert.deepEqual(one.query('select * from letter'), left)
  })

  it('cuts a cycle in which one removal would at once empty what takes no NULL', async () => {
    await using one = await smallCase(installation.ctx, {
      tables: `${twoPeople('v', 'main_account_id integer references account on delete cascade')}
        insert into person (id, email) values (3, 'V.Anna@example.org');
        create table account (id integer primary key, person_id integer not null references person on delete set null);
        insert into account values (1, 1), (2, 3), (3, 2);
        update person set main_account_id = 1 where id = 3;`,
      map: `
        ${personMap}
        account: {rows: delete, ${ofPerson}}`,
    })
    assert.equal((await one.erase('v.anna@example.org')).state, 'completed')
    assert.deepEqual(one.query('select id from person union all select id from account'), ['2', '3'])
  })

  it('does not say of a target that it disobeys because rows without key are hers and stay', async () => {
    await using one = await smallCase(installation.ctx, {
      tables: `${twoPeople('w')}
        create table mail (address text, body text not null);
        insert into mail values ('w.anna@example.org', 'hello'), ('w.bert@example.org', 'for w.anna@example.org');`,
      map: `
        ${personMap}
        mail: {rows: keep, fields: {address: {category: email, identifier: email}, body: {category: free-text}}}`,
    })
    const outcome = await one.erase('w.anna@example.org')
    assert.deepEqual(outcome.systems[0]?.notObeyed, [])
    assert.deepEqual(
      outcome.systems[0]?.residue.map(({ collection, field }) => `${collection}.${field}`),
      ['mail.address'],
    )
    assert.deepEqual(one.query('select body from mail'), ['hello', 'for [erased]'])
  })

  it('does not forget a doubt about a row without key that somebody wrote anew meanwhile', async () => {
    await using one = await smallCase(installation.ctx, {
      tables: `${twoPeople('doubt')}
        create table note (email text, name text);
        insert into note values (null, 'Anna Muster'), ('doubt.bert@example.org', 'Bert Ruiz');`,
      map: `
        ${personMap}
        note:
          rows: delete
          fields: {email: {category: email, identifier: email}, name: {category: person-name}}`,
    })
    const places = ({ systems }: { systems: readonly { residue: readonly { field: string }[] }[] }) =>
      systems.flatMap(({ residue }) => residue.map(({ field }) => field))
    const outcome = await one.erase('doubt.anna@example.org', () =>
      one.run('insert into note select * from note where email is null; delete from note where rowid = 1'),
    )
    assert.deepEqual([outcome.state, places(outcome)], ['incomplete', ['name']])
  })

  it('does not forget a doubt about a row whose very key it writes anew', async () => {
    await using one = await smallCase(installation.ctx, {
      tables: `${twoPeople('renamed')}
        insert into person values (3, 'renamed.anna.2@example.org', 'Anna Muster');
        create table visit (host_email text not null unique, name text);
        insert into visit values ('renamed.anna@example.org', 'Anna Muster'), ('renamed.bert@example.org', 'Bert Ruiz');`,
      map: `
        ${personMap}
        visit:
          rows: delete
          fields: {host_email: {category: email, identifier: email}, name: {category: person-name}}
          links: [{to: person, on: {host_email: email}, role: party, clears: [host_email]}]`,
    })
    const { state, systems } = await one.erase('renamed.anna@example.org')
    assert.deepEqual(
      [state, ...systems.flatMap(({ residue }) => residue.map(({ field, doubtful }) => [field, doubtful]))],
      ['incomplete', ['name', true]],
    )
    assert.deepEqual(one.query("select count(*) from visit where host_email like '%anna%'"), ['0'])
  })

  it('leaves a key alone that names her in somebody else’s row while others refer to it', async () => {
    await using one = await smallCase(installation.ctx, {
      tables: `
        create table person (id integer primary key, email text, number text);
        create table card (number text primary key, person_id integer references person);
        create table visit (id integer primary key, card text not null references card);
        create table favour (id integer primary key, card text references card);
        insert into person values (1, 'x.anna@example.org', 'X-10001'), (2, 'x.bert@example.org', 'X-10002'), (3, 'x.carl@example.org', 'X-10003');
        insert into card values ('X-10001', 2), ('X-10003', 2);
        insert into visit values (1, 'X-10001');
        insert into favour values (1, 'X-10003');`,
      map: `
        person:
          rows: delete
          fields: {email: {category: email, identifier: email}, number: {category: customer-number, identifier: number}}
        card:
          rows: delete
          fields: {number: {category: communication}}
          ${ofPerson}`,
    })
    const anna = await one.erase('x.anna@example.org')
    assert.equal(anna.systems[0]?.problem, null)
    assert.deepEqual(
      anna.systems[0]?.residue.map(({ collection, field }) => `${collection}.${field}`).toSorted(),
      ['card.number', 'visit.card'],
    )
    assert.deepEqual(one.query('select id from person'), ['2', '3'])
    const [alone, listed] = await one.plans('x.carl@example.org')
    assert.deepEqual(listed, alone, 'in a list of people as well')
    assert.equal((await one.erase('x.carl@example.org')).state, 'completed')
    assert.deepEqual(one.query('select card from favour'), ['null'], 'what can let go of it does')
  })

  it('removes each of her rows before the one it refers to', async () => {
    await using one = await smallCase(installation.ctx, {
      tables: `
        create table person (id integer primary key, email text, invited_by integer not null references person on delete set null);
        insert into person values (1, 'z.anna@example.org', 1), (2, 'Z.anna@example.org', 1), (3, 'Z.ANNA@example.org', 2),
          (4, 'z.bert@example.org', 4);`,
      map: 'person: {rows: delete, fields: {email: {category: email, identifier: email}}}',
    })
    assert.equal((await one.erase('z.anna@example.org')).state, 'completed')
    assert.deepEqual(one.query('select id from person'), ['4'])
  })

  it('clears what a link says is hers in a row that is hers anyway', async () => {
    await using one = await smallCase(installation.ctx, {
      tables: `${twoPeople('A')}
        create table letter (id integer primary key, writer_id integer, reader_id integer, reader_note text);
        insert into letter values (1, 1, 1, 'likes tea'), (2, 2, 2, 'likes milk');`,
      map: `
        ${personMap}
        letter:
          rows: clear
          links:
            - {to: person, on: {writer_id: id}, role: owner}
            - {to: person, on: {reader_id: id}, role: party, clears: [reader_note]}`,
    })
    await one.erase('A.anna@example.org')
    assert.deepEqual(one.query('select id, reader_note from letter'), ['1|null', '2|likes milk'])
  })

  it('removes rows that refer to each other in a ring none of them can leave', async () => {
    await using one = await smallCase(installation.ctx, {
      tables: `
        create table person (id integer primary key, email text, invited_by integer not null references person on delete set null);
        insert into person values (1, 'F.anna@example.org', 3), (2, 'F.Anna@example.org', 1), (3, 'F.ANNA@example.org', 2),
          (4, 'F.bert@example.org', 4);`,
      map: 'person: {rows: delete, fields: {email: {category: email, identifier: email}}}',
    })
    assert.equal((await one.erase('F.anna@example.org')).state, 'completed')
    assert.deepEqual(one.query('select id from person'), ['4'])
  })

  it('knows a namesake by each of two full names in one row', async () => {
    await using one = await smallCase(installation.ctx, {
      tables: `${twoPeople('G')}
        create table account (id integer primary key, number text, name text, contact_name text, note text);
        insert into account values (1, 'G-20001', 'Anna Muster', 'Carl Roth', 'ask Anna Muster');`,
      map: `
        ${personMap}
        account:
          rows: delete
          fields:
            number: {category: customer-number, identifier: number}
            name: {category: person-name}
            contact_name: {category: person-name}
            note: {category: free-text}`,
    })
    assert.equal((await one.erase('G.anna@example.org')).state, 'completed')
    assert.deepEqual(one.query('select name, note from account'), ['Anna Muster|ask Anna Muster'])
  })

  it('leaves a row alone that got the key of a kept one between plan and deed', async () => {
    await using one = await smallCase(installation.ctx, {
      tables: `${twoPeople('H')}
        create table invoice (id integer primary key, email text, label text, open integer);
        insert into invoice values (1, 'H.anna@example.org', 'a chair', 1);`,
      map: `
        ${personMap}
        invoice:
          rows: delete
          fields: {email: {category: email, identifier: email}, label: {category: communication}}
          keep: [{rule: open, fields: [label]}]`,
      rules: whileOpen,
    })
    await one.erase('H.anna@example.org')
    assert.deepEqual(one.query('select email, label from invoice'), ['null|a chair'])
    await one.erase('H.anna@example.org', () => {
      one.run("delete from invoice; insert into invoice values (1, 'H.bert@example.org', 'a table', 0)")
    })
    assert.deepEqual(one.query('select email, label from invoice'), ['H.bert@example.org|a table'])
  })

  it('takes a name out of a title of hers that may stand but once, where the mark of another stands already', async () => {
    await using one = await smallCase(installation.ctx, {
      tables: `${twoPeople('J')}
        create table profile (id integer primary key, person_id integer references person, title text not null unique);
        insert into profile values (1, 1, 'Anna Muster'), (2, 2, 'Bert Ruiz'), (3, 1, 'head gardener');`,
      map: `
        ${personMap}
        profile: {rows: clear, fields: {title: {category: free-text, erase: redact}}, ${ofPerson}}`,
    })
    for (const who of ['J.anna@example.org', 'J.bert@example.org'])
      assert.equal((await one.erase(who)).state, 'completed')
    assert.deepEqual(
      one.query("select count(*) from profile where title like '%Muster%' or title like '%Ruiz%'"),
      ['0'],
    )
  })

  it('takes a number out of a key where the same was done for somebody else before', async () => {
    await using one = await smallCase(installation.ctx, {
      tables: `
        create table person (id integer primary key, email text, number text);
        create table card (number text not null, series integer not null, person_id integer references person, primary key (number, series));
        insert into person values (1, 'I.anna@example.org', 'I-10001'), (2, 'I.bert@example.org', 'I-10002'), (3, 'I.carl@example.org', 'I-10003');
        insert into card values ('I-10001', 1, 2), ('I-10003', 1, 2);`,
      map: `
        person:
          rows: delete
          fields: {email: {category: email, identifier: email}, number: {category: customer-number, identifier: number}}
        card: {rows: delete, fields: {number: {category: customer-number}}, ${ofPerson}}`,
    })
    assert.equal((await one.erase('I.anna@example.org')).state, 'completed')
    assert.equal((await one.erase('I.carl@example.org')).state, 'completed')
    assert.deepEqual(one.query("select count(*) from card where number like '%I-%'"), ['0'])
  })
})
