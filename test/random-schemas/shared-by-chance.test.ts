import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { freshInstallation, type TestInstallation } from '../installation.ts'
import { coupleMap, personMap, smallCase, twoPeople } from './small-case.ts'

/** What random worlds brought to light of rows that several people have part in, each as small as it became. */
describe('an erasure of one who shares', () => {
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
        ${coupleMap}`,
    })
    await one.erase('f.anna@example.org')
    assert.deepEqual(one.query('select * from couple'), ['1|2|met in Lyon'])
    assert.deepEqual(one.query('select name from person'), ['null', 'Bert Ruiz'])
    const last = await one.erase('f.bert@example.org')
    assert.equal(last.state, 'completed')
    assert.deepEqual(one.query('select count(*) from couple'), ['0'])
  })

  for (const [who, erase, left] of [
    ['y', 'redact', '[erased]'],
    ['B', '{replace: gone}', 'gone'],
  ] as const)
    it(`takes nobody for an owner of whom nothing but what erase: ${erase} writes is left`, async () => {
      await using one = await smallCase(installation.ctx, {
        tables: `
          create table person (id integer primary key, email text, name text not null);
          create table couple (one_id integer not null references person, other_id integer not null references person,
            primary key (one_id, other_id));
          insert into person values (1, '${who}.anna@example.org', 'Anna Muster'), (2, '${who}.bert@example.org', 'Bert Ruiz');
          insert into couple values (1, 2);`,
        map: `
          person: {rows: delete, fields: {email: {category: email, identifier: email}, name: {category: person-name, erase: ${erase}}}}
          ${coupleMap}`,
      })
      await one.erase(`${who}.anna@example.org`)
      assert.deepEqual(one.query('select id, name from person where id = 1'), [`1|${left}`])
      await one.erase(`${who}.bert@example.org`)
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
    const [alone, listed] = await one.plans('E.anna@example.org')
    assert.deepEqual(listed, alone)
    await one.erase('E.anna@example.org')
    assert.deepEqual(one.query('select label from device'), ['oven'])
    assert.deepEqual(one.query('select * from contact'), ['1|null', '2|Carl Roth'])
  })
})
