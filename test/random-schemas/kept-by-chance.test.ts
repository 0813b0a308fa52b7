import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { workDue } from '../../src/requests/public.ts'
import { freshInstallation, type TestInstallation } from '../installation.ts'
import { aDayLater, ofPerson, personMap, smallCase, twoPeople, whileOpen } from './small-case.ts'

/** What random worlds brought to light of grounds to keep, each as small as it became. */
describe('what an erasure keeps', () => {
  let installation: TestInstallation
  before(async () => {
    installation = await freshInstallation()
  })
  after(() => installation.dispose())

  it('lets a row go when the very field that kept it says so', async () => {
    const { ctx } = installation
    await using one = await smallCase(ctx, {
      tables: `${twoPeople('d')}
        create table contract (id integer primary key, person_id integer references person, holder text, status text);
        insert into contract values (1, 1, 'Anna Muster', 'open');`,
      map: `
        ${personMap}
        contract:
          rows: delete
          fields: {holder: {category: person-name}, status: {category: free-text}}
          ${ofPerson}
          keep: [{rule: running, fields: [holder, status]}]`,
      rules: `running: {while: "status = 'open'", ground: contract, article: GDPR 6(1)(b)}`,
    })
    await one.erase('d.anna@example.org')
    assert.deepEqual(one.query('select holder, status from contract'), ['Anna Muster|open'])
    one.run("update contract set status = 'closed'")
    await workDue(aDayLater(ctx))
    assert.deepEqual(one.query('select count(*) from contract'), ['0'])
  })

  it('does not take a new row for one it kept, though it bears the same number', async () => {
    const { ctx } = installation
    await using one = await smallCase(ctx, {
      tables: `${twoPeople('e')}
        create table receipt (id integer primary key, person_id integer references person, holder text, open integer);
        insert into receipt values (1, 1, 'Anna Muster', 1);`,
      map: `
        ${personMap}
        receipt:
          rows: delete
          fields: {holder: {category: person-name}}
          ${ofPerson}
          keep: [{rule: open, fields: []}]`,
      rules: whileOpen,
    })
    await one.erase('e.anna@example.org')
    assert.deepEqual(one.query('select * from receipt'), ['1|null|null|1'])
    one.run("delete from receipt; insert into receipt values (1, null, 'Bert Ruiz', 0)")
    await workDue(aDayLater(ctx))
    assert.deepEqual(one.query('select * from receipt'), ['1|null|Bert Ruiz|0'])
  })

  it('does not let a record in doubt pass for a kept one that has no key either', async () => {
    await using one = await smallCase(installation.ctx, {
      tables: `${twoPeople('z')}
        create table note (email text, name text, open integer);
        insert into note values ('z.anna@example.org', 'Anna Muster', 1), (null, 'Anna Muster', 0);`,
      map: `
        ${personMap}
        note:
          rows: delete
          fields: {email: {category: email, identifier: email}, name: {category: person-name}}
          keep: [{rule: open, fields: [name]}]`,
      rules: whileOpen,
    })
    const { state, systems } = await one.erase('z.anna@example.org')
    assert.deepEqual([state, systems[0]?.state], ['incomplete', 'residue'])
    assert.deepEqual(
      systems[0]?.residue.map(({ collection, field, rows }) => [collection, field, rows]),
      [['note', 'name', 1]],
    )
  })

  it('lets a row that was only needed by a kept one go together with it', async () => {
    const { ctx } = installation
    await using one = await smallCase(ctx, {
      tables: `${twoPeople('g')}
        create table purchase (id integer primary key, person_id integer not null references person, note text);
        create table invoice (id integer primary key, purchase_id integer not null references purchase, holder text, open integer);
        insert into purchase values (1, 1, 'ring the bell');
        insert into invoice values (1, 1, 'Anna Muster', 1);`,
      map: `
        ${personMap}
        purchase:
          rows: delete
          fields: {note: {category: free-text}}
          ${ofPerson}
        invoice:
          rows: delete
          fields: {holder: {category: person-name}}
          links: [{to: purchase, on: {purchase_id: id}, role: owner}]
          keep: [{rule: open, fields: [holder]}]`,
      rules: whileOpen,
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
    await workDue(aDayLater(ctx))
    assert.deepEqual(one.query('select id from person union all select id from purchase'), ['2'])
  })

  it('keeps the row that a kept field refers to', async () => {
    await using one = await smallCase(installation.ctx, {
      tables: `${twoPeople('h')}
        create table invoice (id integer primary key, person_id integer references person, open integer);
        insert into invoice values (1, 1, 1);`,
      map: `
        ${personMap}
        invoice:
          rows: delete
          fields: {person_id: {category: generic-id}}
          ${ofPerson}
          keep: [{rule: open, fields: [person_id]}]`,
      rules: whileOpen,
    })
    await one.erase('h.anna@example.org')
    assert.deepEqual(one.query('select person_id from invoice'), ['1'])
    assert.deepEqual(one.query('select name from person'), ['null', 'Bert Ruiz'])
  })

  it('keeps what a kept row says must stay of the row above, though asked again', async () => {
    const { ctx } = installation
    await using one = await smallCase(ctx, {
      tables: `${twoPeople('i', 'file_id integer')}
        update person set file_id = 1 where id = 1;
        create table file (id integer primary key, open integer);
        insert into file values (1, 1);`,
      map: `
        ${personMap}
        file:
          rows: delete
          links: [{to: person, on: {id: file_id}, role: owner}]
          keep: [{rule: open, fields: [], also: {person: [email]}}]`,
      rules: whileOpen,
    })
    await one.erase('i.anna@example.org')
    const left = one.query('select * from person where id = 1')
    assert.deepEqual(left, ['1|i.anna@example.org|null|1'])
    await one.erase('i.anna@example.org')
    assert.deepEqual(one.query('select * from person where id = 1'), left)
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
      rules: whileOpen,
    })
    const outcome = await one.erase('l.anna@example.org')
    assert.deepEqual([outcome.state, outcome.systems[0]?.state], ['completed', 'kept'])
    assert.match(one.query('select email, name from reader')[0] ?? '', /^erased-.*\|Anna Muster$/)
    one.run('update reader set open = 0')
    await workDue(aDayLater(ctx))
    assert.deepEqual(one.query('select name from reader'), ['null'])
  })

  it('gives no ground again to a row whose ground had ended and whose status was erased with it', async () => {
    const { ctx } = installation
    await using one = await smallCase(ctx, {
      tables: `${twoPeople('m')}
        create table contract (id integer primary key, person_id integer references person, status text);
        insert into contract values (1, 1, 'open'), (2, 1, 'closed');`,
      map: `
        ${personMap}
        contract:
          rows: clear
          fields: {status: {category: free-text}}
          ${ofPerson}
          keep: [{rule: running, fields: [status], also: {person: [email, name]}}]`,
      rules: `running: {while: "status = 'open'", ground: contract, article: GDPR 6(1)(b)}`,
    })
    await one.erase('m.anna@example.org')
    assert.deepEqual(one.query('select status from contract'), ['open', 'null'])
    one.run("update contract set status = 'closed' where id = 1")
    await workDue(aDayLater(ctx))
    assert.deepEqual(one.query('select id from person'), ['2'])
    assert.deepEqual(one.query('select person_id, status from contract'), ['null|null', 'null|null'])
  })

  it('takes the person out of a text when the ground that kept it has ended', async () => {
    const { ctx } = installation
    await using one = await smallCase(ctx, {
      tables: `${twoPeople('o')}
        create table review (id integer primary key, person_id integer references person, body text, open integer);
        insert into review values (1, 1, 'Anna Muster liked it', 1);`,
      map: `
        ${personMap}
        review:
          rows: clear
          fields: {body: {category: free-text, erase: redact}}
          ${ofPerson}
          keep: [{rule: open, fields: [body]}]`,
      rules: whileOpen,
    })
    await one.erase('o.anna@example.org')
    one.run('update review set open = 0')
    await workDue(aDayLater(ctx))
    assert.deepEqual(one.query('select body from review'), ['[erased] liked it'])
  })

  it('does not take a kept text for somebody else’s when the same person asks again', async () => {
    await using one = await smallCase(installation.ctx, {
      tables: `${twoPeople('q')}
        create table claim (id integer primary key, person_id integer references person, body text, open integer);
        insert into claim values (1, 1, 'answer to q.anna@example.org', 1);`,
      map: `
        ${personMap}
        claim:
          rows: clear
          fields: {body: {category: free-text}}
          ${ofPerson}
          keep: [{rule: open, fields: [body]}]`,
      rules: whileOpen,
    })
    await one.erase('q.anna@example.org')
    const again = await one.erase('q.anna@example.org')
    assert.deepEqual(one.query('select body from claim'), ['answer to q.anna@example.org'])
    assert.deepEqual([again.state, again.systems[0]?.state], ['completed', 'kept'])
  })

  it('keeps the rows and links between a kept row and what it keeps above', async () => {
    const { ctx } = installation
    await using one = await smallCase(ctx, {
      tables: `
        create table person (id integer primary key, email text, name text, number text unique);
        create table account (id integer primary key, holder_mail text, note text);
        create table invoice (id integer primary key, account_id integer references account, open integer);
        insert into person values (1, 't.anna@example.org', 'Anna Muster', 'T-10001');
        insert into account values (1, 't.anna@example.org', 'ring twice');
        insert into invoice values (1, 1, 1);`,
      map: `
        person:
          rows: delete
          fields:
            email: {category: email, identifier: email}
            name: {category: person-name}
            number: {category: customer-number, identifier: number}
        account:
          rows: delete
          fields: {holder_mail: {category: email, identifier: email}, note: {category: free-text}}
          links: [{to: person, on: {holder_mail: email}, role: owner}]
        invoice:
          rows: delete
          links: [{to: account, on: {account_id: id}, role: owner}]
          keep: [{rule: open, fields: [], also: {person: [name]}}]`,
      rules: whileOpen,
    })
    const outcome = await one.erase('t.anna@example.org')
    assert.deepEqual([outcome.state, outcome.systems[0]?.state], ['completed', 'kept'])
    assert.deepEqual(one.query('select * from person'), ['1|t.anna@example.org|Anna Muster|null'])
    assert.deepEqual(one.query('select * from account'), ['1|t.anna@example.org|null'])
    assert.deepEqual(one.query('select account_id from invoice'), ['1'])
    one.run('update invoice set open = 0')
    await workDue(aDayLater(ctx))
    assert.deepEqual(
      ['person', 'account', 'invoice'].flatMap((table) => one.query(`select count(*) from ${table}`)),
      ['0', '0', '0'],
    )
  })

  it('keeps what nobody can decide on, though asked again', async () => {
    await using one = await smallCase(installation.ctx, {
      tables: `${twoPeople('u')}
        create table contract (id integer primary key, person_id integer references person, holder text, status text);
        insert into contract values (1, 1, 'Anna Muster', null);`,
      map: `
        ${personMap}
        contract:
          rows: delete
          fields: {holder: {category: person-name}, status: {category: free-text}}
          ${ofPerson}
          keep: [{rule: running, fields: [status]}]`,
      rules: `running: {while: "status = 'open'", ground: contract, article: GDPR 6(1)(b)}`,
    })
    await one.erase('u.anna@example.org')
    assert.deepEqual(one.query('select * from contract'), ['1|null|null|null'])
    const again = await one.erase('u.anna@example.org')
    assert.deepEqual(one.query('select * from contract'), ['1|null|null|null'])
    assert.deepEqual([again.state, again.systems[0]?.state], ['completed', 'kept'])
  })

  it('keeps a row that several kept rows need as long as the longest of them', async () => {
    await using one = await smallCase(installation.ctx, {
      tables: `${twoPeople('w')}
        create table purchase (id integer primary key, person_id integer not null references person);
        create table invoice (id integer primary key, purchase_id integer not null references purchase, issued_on text);
        insert into purchase values (1, 1), (2, 1);
        insert into invoice values (1, 1, '2020-03-01'), (2, 1, '2021-03-01'), (3, 2, '2022-03-01'), (4, 2, 'in spring');`,
      map: `
        ${personMap}
        purchase: {rows: delete, ${ofPerson}}
        invoice:
          rows: delete
          links: [{to: purchase, on: {purchase_id: id}, role: owner}]
          keep: [{rule: books, from: issued_on, fields: []}]`,
      rules: 'books: {years: 200, ground: legal-obligation, article: C. com. L123-22}',
    })
    const outcome = await one.erase('w.anna@example.org')
    assert.deepEqual(
      outcome.systems[0]?.kept
        .filter(({ collection }) => collection !== 'invoice')
        .map(({ collection, count, until }) => `${count} ${collection} until ${until}`)
        .toSorted(),
      ['1 person until null', '1 purchase until 2221-03-01', '1 purchase until null'],
    )
  })

  it('lets a kept row go though the person’s own row stays by the map', async () => {
    const { ctx } = installation
    await using one = await smallCase(ctx, {
      tables: `
        create table person (id integer primary key, number text);
        create table account (id integer primary key, person_id integer references person, note text);
        create table contract (id integer primary key, account_id integer references account, holder text, open integer);
        insert into person values (1, '771'), (2, '772');
        insert into account values (1, 1, 'ring twice');
        insert into contract values (1, 1, 'Anna Muster', 1);`,
      map: `
        person: {rows: keep, fields: {number: {category: customer-number, identifier: number}}}
        account: {rows: clear, fields: {note: {category: free-text}}, ${ofPerson}}
        contract:
          rows: delete
          fields: {holder: {category: person-name}}
          links: [{to: account, on: {account_id: id}, role: owner}]
          keep: [{rule: open, fields: [holder]}]`,
      rules: whileOpen,
    })
    assert.equal((await one.erase('number:771')).state, 'completed')
    assert.deepEqual(one.query('select holder from contract'), ['Anna Muster'])
    one.run('update contract set open = 0')
    await workDue(aDayLater(ctx))
    assert.deepEqual(one.query('select count(*) from contract'), ['0'])
  })

  it('keeps what nobody can decide on, though the rest of the row looks erased', async () => {
    await using one = await smallCase(installation.ctx, {
      tables: `${twoPeople('y')}
        create table contract (id integer primary key, person_id integer references person, status text,
          gender text not null check (gender in ('f', 'm', 'x')));
        insert into contract values (1, 1, null, 'x');`,
      map: `
        ${personMap}
        contract:
          rows: clear
          fields: {status: {category: free-text}, gender: {category: gender}}
          ${ofPerson}
          keep: [{rule: running, fields: [status], also: {person: [name]}}]`,
      rules: `running: {while: "status = 'open'", ground: contract, article: GDPR 6(1)(b)}`,
    })
    await one.erase('y.anna@example.org')
    assert.deepEqual(one.query('select name from person where id = 1'), ['Anna Muster'])
  })

  it('takes no other row for a kept one where rows have no key', async () => {
    await using one = await smallCase(installation.ctx, {
      tables: `${twoPeople('z')}
        create table mail (sender_id integer, reader_id integer, body text, open integer);
        insert into mail values (1, 2, 'see you', 0), (2, 2, 'ask Anna Muster', 0);`,
      map: `
        ${personMap}
        mail:
          rows: delete
          fields: {body: {category: communication}}
          links:
            - {to: person, on: {sender_id: id}, role: owner}
            - {to: person, on: {reader_id: id}, role: owner}
          keep: [{rule: open, fields: [body]}]`,
      rules: whileOpen,
    })
    const outcome = await one.erase('z.anna@example.org')
    assert.deepEqual(
      outcome.systems[0]?.residue.map(({ collection, field }) => `${collection}.${field}`),
      ['mail.body'],
    )
  })
})
