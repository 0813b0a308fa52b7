import assert from 'node:assert/strict'
import { it } from 'node:test'
import { importMap, scanSystems } from '../src/inventory/public.ts'
import { eraseNow } from './erase-now.ts'
import { freshInstallation } from './installation.ts'
import { postgresServer } from './servers.ts'
import { smallCompany, smallMap } from './small-company.ts'

it('a row without key lets go of the person and loses their text, both', async () => {
  await using installation = await freshInstallation()
  const { ctx } = installation
  await using company = await smallCompany(ctx, await postgresServer())
  await company.run('create table remark (person_id int references person, body text not null)')
  await company.run("insert into remark values (1, 'rang twice'), (1, 'rang again'), (3, 'was out')")
  await scanSystems(ctx, { names: ['shop'] })
  const remark = `
      public.remark:
        rows: clear
        links: [{to: public.person, on: {person_id: person_id}, role: owner}]
        fields:
          body: {category: communication}`
  const { imported } = await importMap(ctx, smallMap('shop').replace('\nrules:', `${remark}\nrules:`))
  assert.ok(imported)
  const outcome = await eraseNow(ctx, 'anna@example.org')
  assert.equal(outcome.state, 'completed')
  assert.deepEqual(await company.query('select * from remark order by 1'), [
    '3|was out',
    'null|erased',
    'null|erased',
  ])
})
