import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { workDue } from '../../src/requests/public.ts'
import { freshInstallation, type TestInstallation } from '../installation.ts'
import { smallCase } from './small-case.ts'

/** What random worlds brought to light, each as small as it became. */
describe('an erasure', () => {
  let installation: TestInstallation
  before(async () => {
    installation = await freshInstallation()
  })
  after(() => installation.dispose())

  const people = (prefix: string, columns = '') => `
    create table person (id integer primary key, email text not null unique, name text${columns && `, ${columns}`});
    insert into person (id, email, name) values (1, '${prefix}.anna@example.org', 'Anna Muster'), (2, '${prefix}.bert@example.org', 'Bert Ruiz');`
  const person =
    'person: {rows: delete, fields: {email: {category: email, identifier: email}, name: {category: person-name}}}'

  it('leaves what hangs on a row that two people share to the one who stays, and takes it with the last', async () => {
    await using one = await smallCase(installation.ctx, {
      tables: `${people('a', 'household_id integer')}
        update person set household_id = 1;
        create table household (id integer primary key);
        create table device (id integer primary key, household_id integer not null references household, label text);
        insert into household values (1);
        insert into device values (1, 1, 'fridge');`,
      map: `
        ${person}
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
      tables: `${people('b')}
        create table letter (id integer primary key, writer_id integer references person, reader_id integer references person);
        create table page (id integer primary key, letter_id integer references letter, keeper_id integer references person, body text);
        insert into letter values (1, 2, 1);
        insert into page values (1, 1, 1, 'mine and his');`,
      map: `
        ${person}
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
      tables: `${people('c', 'household_id integer')}
        update person set household_id = 1;
        create table household (id integer primary key, note text);
        create table parcel (id integer primary key, sender_id integer, household_id integer, note text);
        insert into household values (1, 'ask for Anna Muster or Bert Ruiz');
        insert into parcel values (1, null, 1, 'to all of you');`,
      map: `
        ${person}
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

  it('lets a row go when the very field that kept it says so', async () => {
    const { ctx } = installation
    await using one = await smallCase(ctx, {
      tables: `${people('d')}
        create table contract (id integer primary key, person_id integer references person, holder text, status text);
        insert into contract values (1, 1, 'Anna Muster', 'open');`,
      map: `
        ${person}
        contract:
          rows: delete
          fields: {holder: {category: person-name}, status: {category: free-text}}
          links: [{to: person, on: {person_id: id}, role: owner}]
          keep: [{rule: running, fields: [holder, status]}]`,
      rules: `running: {while: "status = 'open'", ground: contract, article: GDPR 6(1)(b)}`,
    })
    await one.erase('d.anna@example.org')
    assert.deepEqual(one.query('select holder, status from contract'), ['Anna Muster|open'])
    one.run("update contract set status = 'closed'")
    await workDue({ ...ctx, now: () => new Date(ctx.now().getTime() + 86_400_000) })
    assert.deepEqual(one.query('select count(*) from contract'), ['0'])
  })

  it('does not take a new row for one it kept, though it bears the same number', async () => {
    const { ctx } = installation
    await using one = await smallCase(ctx, {
      tables: `${people('e')}
        create table receipt (id integer primary key, person_id integer references person, holder text, open integer);
        insert into receipt values (1, 1, 'Anna Muster', 1);`,
      map: `
        ${person}
        receipt:
          rows: delete
          fields: {holder: {category: person-name}}
          links: [{to: person, on: {person_id: id}, role: owner}]
          keep: [{rule: open, fields: []}]`,
      rules: `open: {while: open = 1, ground: legal-claims, article: GDPR 17(3)(e)}`,
    })
    await one.erase('e.anna@example.org')
    assert.deepEqual(one.query('select * from receipt'), ['1|null|null|1'])
    one.run("delete from receipt; insert into receipt values (1, null, 'Bert Ruiz', 0)")
    await workDue({ ...ctx, now: () => new Date(ctx.now().getTime() + 86_400_000) })
    assert.deepEqual(one.query('select * from receipt'), ['1|null|Bert Ruiz|0'])
  })

  it('takes what two people shared with the last of them, though their emptied rows must stay for it', async () => {
    await using one = await smallCase(installation.ctx, {
      tables: `${people('f')}
        create table couple (one_id integer not null references person, other_id integer not null references person, note text,
          primary key (one_id, other_id));
        insert into couple values (1, 2, 'met in Lyon');`,
      map: `
        ${person}
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

  it('lets a row that was only needed by a kept one go together with it', async () => {
    const { ctx } = installation
    await using one = await smallCase(ctx, {
      tables: `${people('g')}
        create table purchase (id integer primary key, person_id integer not null references person, note text);
        create table invoice (id integer primary key, purchase_id integer not null references purchase, holder text, open integer);
        insert into purchase values (1, 1, 'ring the bell');
        insert into invoice values (1, 1, 'Anna Muster', 1);`,
      map: `
        ${person}
        purchase:
          rows: delete
          fields: {note: {category: free-text}}
          links: [{to: person, on: {person_id: id}, role: owner}]
        invoice:
          rows: delete
          fields: {holder: {category: person-name}}
          links: [{to: purchase, on: {purchase_id: id}, role: owner}]
          keep: [{rule: open, fields: [holder]}]`,
      rules: `open: {while: open = 1, ground: legal-claims, article: GDPR 17(3)(e)}`,
    })
    const outcome = await one.erase('g.anna@example.org')
    assert.deepEqual(
      outcome.systems[0]?.kept
        .map(({ collection, rule, fields }) => [collection, rule, ...fields].join(' '))
        .toSorted(),
      ['invoice open holder', 'person open', 'purchase open'],
    )
    assert.deepEqual(one.query('select note from purchase union all select name from person where id = 1'), [
      'null',
      'null',
    ])
    one.run('update invoice set open = 0')
    await workDue({ ...ctx, now: () => new Date(ctx.now().getTime() + 86_400_000) })
    assert.deepEqual(one.query('select id from person union all select id from purchase'), ['2'])
  })

  it('keeps the row that a kept field refers to', async () => {
    await using one = await smallCase(installation.ctx, {
      tables: `${people('h')}
        create table invoice (id integer primary key, person_id integer references person, open integer);
        insert into invoice values (1, 1, 1);`,
      map: `
        ${person}
        invoice:
          rows: delete
          fields: {person_id: {category: generic-id}}
          links: [{to: person, on: {person_id: id}, role: owner}]
          keep: [{rule: open, fields: [person_id]}]`,
      rules: `open: {while: open = 1, ground: legal-claims, article: GDPR 17(3)(e)}`,
    })
    await one.erase('h.anna@example.org')
    assert.deepEqual(one.query('select person_id from invoice'), ['1'])
    assert.deepEqual(one.query('select name from person'), ['null', 'Bert Ruiz'])
  })

  it('keeps what a kept row says must stay of the row above, though asked again', async () => {
    const { ctx } = installation
    await using one = await smallCase(ctx, {
      tables: `${people('i', 'file_id integer')}
        update person set file_id = 1 where id = 1;
        create table file (id integer primary key, open integer);
        insert into file values (1, 1);`,
      map: `
        ${person}
        file:
          rows: delete
          links: [{to: person, on: {id: file_id}, role: owner}]
          keep: [{rule: open, fields: [], also: {person: [email]}}]`,
      rules: `open: {while: open = 1, ground: legal-claims, article: GDPR 17(3)(e)}`,
    })
    await one.erase('i.anna@example.org')
    const left = one.query('select * from person where id = 1')
    assert.deepEqual(left, ['1|i.anna@example.org|null|1'])
    await one.erase('i.anna@example.org')
    assert.deepEqual(one.query('select * from person where id = 1'), left)
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
      tables: `${people('k')}
        create table comment (id integer primary key, person_id integer not null references person,
          answer_to integer references comment on delete cascade);
        insert into comment values (1, 1, null), (2, 1, 1), (3, 1, 2);`,
      map: `
        ${person}
        comment: {rows: delete, links: [{to: person, on: {person_id: id}, role: owner}]}`,
    })
    const outcome = await one.erase('k.anna@example.org')
    assert.equal(outcome.state, 'completed')
    assert.equal(outcome.systems[0]?.deleted, 4)
  })

  it('knows a kept row whose very key was her address, and lets it go in the end', async () => {
    const { ctx } = installation
    await using one = await smallCase(ctx, {
      tables: `
        create table reader (email text not null unique, name text, open integer);
        insert into reader values ('l.anna@example.org', 'Anna Muster', 1);`,
      map: `
        reader:
          rows: clear
          fields: {email: {category: email, identifier: email}, name: {category: person-name}}
          keep: [{rule: open, fields: [name]}]`,
      rules: `open: {while: open = 1, ground: legal-claims, article: GDPR 17(3)(e)}`,
    })
    const outcome = await one.erase('l.anna@example.org')
    assert.deepEqual([outcome.state, outcome.systems[0]?.state], ['completed', 'kept'])
    assert.match(one.query('select email, name from reader')[0] ?? '', /^erased-.*\|Anna Muster$/)
    one.run('update reader set open = 0')
    await workDue({ ...ctx, now: () => new Date(ctx.now().getTime() + 86_400_000) })
    assert.deepEqual(one.query('select name from reader'), ['null'])
  })

  it('gives no ground again to a row whose ground had ended and whose status was erased with it', async () => {
    const { ctx } = installation
    await using one = await smallCase(ctx, {
      tables: `${people('m')}
        create table contract (id integer primary key, person_id integer references person, status text);
        insert into contract values (1, 1, 'open'), (2, 1, 'closed');`,
      map: `
        ${person}
        contract:
          rows: clear
          fields: {status: {category: free-text}}
          links: [{to: person, on: {person_id: id}, role: owner}]
          keep: [{rule: running, fields: [status], also: {person: [email, name]}}]`,
      rules: `running: {while: "status = 'open'", ground: contract, article: GDPR 6(1)(b)}`,
    })
    await one.erase('m.anna@example.org')
    assert.deepEqual(one.query('select status from contract'), ['open', 'null'])
    one.run("update contract set status = 'closed' where id = 1")
    await workDue({ ...ctx, now: () => new Date(ctx.now().getTime() + 86_400_000) })
    assert.deepEqual(one.query('select id from person'), ['2'])
    assert.deepEqual(one.query('select person_id, status from contract'), ['null|null', 'null|null'])
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

  it('takes the person out of a text when the ground that kept it has ended', async () => {
    const { ctx } = installation
    await using one = await smallCase(ctx, {
      tables: `${people('o')}
        create table review (id integer primary key, person_id integer references person, body text, open integer);
        insert into review values (1, 1, 'Anna Muster liked it', 1);`,
      map: `
        ${person}
        review:
          rows: clear
          fields: {body: {category: free-text, erase: redact}}
          links: [{to: person, on: {person_id: id}, role: owner}]
          keep: [{rule: open, fields: [body]}]`,
      rules: `open: {while: open = 1, ground: legal-claims, article: GDPR 17(3)(e)}`,
    })
    await one.erase('o.anna@example.org')
    one.run('update review set open = 0')
    await workDue({ ...ctx, now: () => new Date(ctx.now().getTime() + 86_400_000) })
    assert.deepEqual(one.query('select body from review'), ['[erased] liked it'])
  })

  it('knows a name in capitals, though one letter of it becomes two', async () => {
    await using one = await smallCase(installation.ctx, {
      tables: `${people('p')}
        update person set name = 'Anna Weiß' where id = 1;
        create table ticket (id integer primary key, body text);
        insert into ticket values (1, 'WEISS, ANNA called'), (2, 'weiss anna');`,
      map: `
        ${person}
        ticket: {rows: delete, fields: {body: {category: free-text}}}`,
    })
    assert.equal((await one.erase('p.anna@example.org')).state, 'completed')
    assert.deepEqual(one.query('select body from ticket'), ['[erased] called', 'null'])
  })

  it('does not take a kept text for somebody else’s when the same person asks again', async () => {
    await using one = await smallCase(installation.ctx, {
      tables: `${people('q')}
        create table claim (id integer primary key, person_id integer references person, body text, open integer);
        insert into claim values (1, 1, 'answer to q.anna@example.org', 1);`,
      map: `
        ${person}
        claim:
          rows: clear
          fields: {body: {category: free-text}}
          links: [{to: person, on: {person_id: id}, role: owner}]
          keep: [{rule: open, fields: [body]}]`,
      rules: `open: {while: open = 1, ground: legal-claims, article: GDPR 17(3)(e)}`,
    })
    await one.erase('q.anna@example.org')
    const again = await one.erase('q.anna@example.org')
    assert.deepEqual(one.query('select body from claim'), ['answer to q.anna@example.org'])
    assert.deepEqual([again.state, again.systems[0]?.state], ['completed', 'kept'])
  })
})
