import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { freshInstallation, type TestInstallation } from '../installation.ts'
import { personMap, smallCase, twoPeople } from './small-case.ts'

/** What random worlds brought to light, each as small as it became. */
describe('an erasure', () => {
  let installation: TestInstallation
  before(async () => {
    installation = await freshInstallation()
  })
  after(() => installation.dispose())

  it('leaves what hangs on a row that two people share to the one who stays, and takes it with the last', async () => {
    await using one = await smallCase(installation.ctx, {
      tables: `${twoPeople('a', 'household_id integer')}
        update person set household_id = 1;
        create table household (id integer primary key);
        create table device (id integer primary key, household_id integer not null references household, label text);
        insert into household values (1);
        insert into device values (1, 1, 'fridge');`,
      map: `
        ${personMap}
        household: {rows: delete, links: [{to: person, on: {id: household_id}, role: owner}]}
        device:
          rows: delete
          fields: {label: {category: communication}}
          links: [{to: household, on: {household_id: id}, role: owner}]`,
    })
    await one.erase('a.anna@example.org')
    assert.deepEqual(one.query('select * from device'), ['1|1|fridge'])
    await one.erase('a.bert@example.org')
    assert.deepEqual(one.query('select count(*) from household union all select count(*) from device'), [
      '0',
      '0',
    ])
  })

  it('does not take a mention in somebody else’s row for a share in it', async () => {
    await using one = await smallCase(installation.ctx, {
      tables: `${twoPeople('b')}
        create table letter (id integer primary key, writer_id integer references person, reader_id integer references person);
        create table page (id integer primary key, letter_id integer references letter, keeper_id integer references person, body text);
        insert into letter values (1, 2, 1);
        insert into page values (1, 1, 1, 'mine and his');`,
      map: `
        ${personMap}
        letter:
          rows: delete
          links:
            - {to: person, on: {writer_id: id}, role: owner}
            - {to: person, on: {reader_id: id}, role: party, clears: []}
        page:
          rows: delete
          fields: {body: {category: communication}}
          links:
            - {to: letter, on: {letter_id: id}, role: owner}
            - {to: person, on: {keeper_id: id}, role: owner}`,
    })
    await one.erase('b.anna@example.org')
    assert.deepEqual(one.query('select * from page'), ['1|1|null|mine and his'])
  })

  it('takes the person out of the texts of a row they share, and leaves what mentions all who share it', async () => {
    await using one = await smallCase(installation.ctx, {
      tables: `${twoPeople('c', 'household_id integer')}
        update person set household_id = 1;
        create table household (id integer primary key, note text);
        create table parcel (id integer primary key, sender_id integer, household_id integer, note text);
        insert into household values (1, 'ask for Anna Muster or Bert Ruiz');
        insert into parcel values (1, null, 1, 'to all of you');`,
      map: `
        ${personMap}
        household:
          rows: delete
          fields: {note: {category: free-text}}
          links: [{to: person, on: {id: household_id}, role: owner}]
        parcel:
          rows: delete
          fields: {note: {category: free-text}}
          links:
            - {to: person, on: {sender_id: id}, role: owner}
            - {to: household, on: {household_id: id}, role: party, clears: [note]}`,
    })
    await one.erase('c.anna@example.org')
    assert.deepEqual(one.query('select note from household'), ['ask for [erased] or Bert Ruiz'])
    assert.deepEqual(one.query('select note from parcel'), ['to all of you'])
  })

  it('takes what two people shared with the last of them, though their emptied rows must stay for it', async () => {
    await using one = await smallCase(installation.ctx, {
      tables: `${twoPeople('f')}
        create table couple (one_id integer not null references person, other_id integer not null references person, note text,
          primary key (one_id, other_id));
        insert into couple values (1, 2, 'met in Lyon');`,
      map: `
        ${personMap}
        couple:
          rows: delete
          fields: {note: {category: communication}}
          links:
            - {to: person, on: {one_id: id}, role: owner}
            - {to: person, on: {other_id: id}, role: owner}`,
    })
    await one.erase('f.anna@example.org')
    assert.deepEqual(one.query('select * from couple'), ['1|2|met in Lyon'])
    assert.deepEqual(one.query('select name from person'), ['null', 'Bert Ruiz'])
    const last = await one.erase('f.bert@example.org')
    assert.equal(last.state, 'completed')
    assert.deepEqual(one.query('select count(*) from couple'), ['0'])
  })

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
        comment: {rows: delete, links: [{to: person, on: {person_id: id}, role: owner}]}`,
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
          links: [{to: person, on: {person_id: id}, role: owner}]`,
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
        account: {rows: delete, links: [{to: person, on: {person_id: id}, role: owner}]}`,
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
          links: [{to: person, on: {person_id: id}, role: owner}]`,
    })
    const anna = await one.erase('x.anna@example.org')
    assert.equal(anna.systems[0]?.problem, null)
    assert.deepEqual(
      anna.systems[0]?.residue.map(({ collection, field }) => `${collection}.${field}`).toSorted(),
      ['card.number', 'visit.card'],
    )
    assert.deepEqual(one.query('select id from person'), ['2', '3'])
    assert.equal((await one.erase('x.carl@example.org')).state, 'completed')
    assert.deepEqual(one.query('select card from favour'), ['null'], 'what can let go of it does')
  })

  it('takes nobody for an owner of whom nothing but the mark of an erasure is left', async () => {
    await using one = await smallCase(installation.ctx, {
      tables: `
        create table person (id integer primary key, email text, name text not null);
        create table couple (one_id integer not null references person, other_id integer not null references person,
          primary key (one_id, other_id));
        insert into person values (1, 'y.anna@example.org', 'Anna Muster'), (2, 'y.bert@example.org', 'Bert Ruiz');
        insert into couple values (1, 2);`,
      map: `
        person: {rows: delete, fields: {email: {category: email, identifier: email}, name: {category: person-name, erase: redact}}}
        couple:
          rows: delete
          links:
            - {to: person, on: {one_id: id}, role: owner}
            - {to: person, on: {other_id: id}, role: owner}`,
    })
    await one.erase('y.anna@example.org')
    assert.deepEqual(one.query('select id, name from person where id = 1'), ['1|[erased]'])
    await one.erase('y.bert@example.org')
    assert.deepEqual(one.query('select count(*) from couple'), ['0'])
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

  it('takes nobody for an owner of whom nothing but what the map puts there is left', async () => {
    await using one = await smallCase(installation.ctx, {
      tables: `
        create table person (id integer primary key, email text, name text not null);
        create table couple (one_id integer not null references person, other_id integer not null references person,
          primary key (one_id, other_id));
        insert into person values (1, 'B.anna@example.org', 'Anna Muster'), (2, 'B.bert@example.org', 'Bert Ruiz');
        insert into couple values (1, 2);`,
      map: `
        person: {rows: delete, fields: {email: {category: email, identifier: email}, name: {category: person-name, erase: {replace: gone}}}}
        couple:
          rows: delete
          links:
            - {to: person, on: {one_id: id}, role: owner}
            - {to: person, on: {other_id: id}, role: owner}`,
    })
    await one.erase('B.anna@example.org')
    assert.deepEqual(one.query('select id, name from person where id = 1'), ['1|gone'])
    await one.erase('B.bert@example.org')
    assert.deepEqual(one.query('select count(*) from couple'), ['0'])
  })

  it('clears what is hers as a party in a row that she shares', async () => {
    await using one = await smallCase(installation.ctx, {
      tables: `${twoPeople('C')}
        create table letter (id integer primary key, sender text, writer_id integer, reader_id integer, reader text, reader_note text);
        insert into letter values (1, 'C.anna@example.org', 2, null, 'C.anna@example.org', 'likes tea');`,
      map: `
        ${personMap}
        letter:
          rows: delete
          fields:
            sender: {category: email, identifier: email}
            reader: {category: email, identifier: email}
            reader_note: {category: free-text}
          links:
            - {to: person, on: {writer_id: id}, role: owner}
            - {to: person, on: {reader_id: id}, role: party, clears: [reader, reader_note]}`,
    })
    assert.equal((await one.erase('C.anna@example.org')).state, 'completed')
    assert.deepEqual(one.query('select * from letter'), ['1|null|2|null|null|null'])
  })

  it('leaves the number by which others have a row, though it was hers, and says where it is', async () => {
    await using one = await smallCase(installation.ctx, {
      tables: `
        create table household (number text primary key, note text);
        create table person (id integer primary key, email text, number text, household text references household);
        insert into household values ('D-10001', 'ring twice');
        insert into person values (1, 'D.anna@example.org', 'D-10001', 'D-10001'), (2, 'D.bert@example.org', 'D-10002', 'D-10001');`,
      map: `
        person:
          rows: delete
          fields: {email: {category: email, identifier: email}, number: {category: customer-number, identifier: number}}
        household:
          rows: delete
          fields: {number: {category: customer-number}, note: {category: free-text}}
          links: [{to: person, on: {number: household}, role: owner}]`,
    })
    const anna = await one.erase('D.anna@example.org')
    assert.equal(anna.state, 'incomplete')
    assert.deepEqual(
      anna.systems[0]?.residue.map(({ collection, field }) => `${collection}.${field}`),
      ['person.household'],
    )
    assert.deepEqual(
      one.query('select person.id, note from person join household on household.number = household'),
      ['2|ring twice'],
    )
    assert.equal((await one.erase('D.bert@example.org')).state, 'completed')
    assert.deepEqual(one.query('select count(*) from household'), ['0'])
  })

  it('takes nobody for an owner of whom nothing but her own name is written', async () => {
    await using one = await smallCase(installation.ctx, {
      tables: `${twoPeople('E', 'contact_id integer')}
        create table contact (id integer primary key, name text);
        create table device (id integer primary key, person_id integer, contact_id integer, label text);
        insert into contact values (1, 'Anna Muster'), (2, 'Carl Roth');
        insert into device values (1, 1, 1, 'fridge'), (2, 1, 2, 'oven');`,
      map: `
        ${personMap}
        contact:
          rows: delete
          fields: {name: {category: person-name}}
          links: [{to: person, on: {id: contact_id}, role: owner}]
        device:
          rows: delete
          fields: {label: {category: communication}}
          links:
            - {to: person, on: {person_id: id}, role: owner}
            - {to: contact, on: {contact_id: id}, role: owner}`,
    })
    await one.erase('E.anna@example.org')
    assert.deepEqual(one.query('select label from device'), ['oven'])
    assert.deepEqual(one.query('select * from contact'), ['1|null', '2|Carl Roth'])
  })
})
