import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isProblem } from '../platform/problem.ts'
import { openRead, parseUrl, probe, schemes } from './drivers.ts'

const fails = (code: string, params?: Readonly<Record<string, string>>) => (error: unknown) => {
  assert.ok(isProblem(error, code), `${code}, not ${error}`)
  if (params) assert.deepEqual(error.params, params)
  return true
}

const limits = { statementTimeoutMs: 1_000, lockTimeoutMs: 100 }

describe('the address of a system', () => {
  it('is taken apart by the driver of its scheme', async () => {
    assert.deepEqual(await parseUrl('sqlite:shop.db', '/base'), {
      scheme: 'sqlite',
      shown: 'sqlite:/base/shop.db',
      secret: '/base/shop.db',
    })
    assert.deepEqual(await parseUrl(' FILES:../lists ', '/base/dir'), {
      scheme: 'files',
      shown: 'files:/base/lists',
      secret: '/base/lists',
    })
    for (const [url, scheme, shown] of [
      ['postgresql://ada:s3cret@db.example/shop', 'postgres', 'postgres://db.example:5432/shop'],
      ['mysql://ada:s3cret@db.example/shop', 'mysql', 'mysql://db.example:3306/shop'],
      ['mariadb://ada:s3cret@db.example/shop', 'mysql', 'mysql://db.example:3306/shop'],
    ] as const) {
      const address = await parseUrl(url, '/')
      assert.deepEqual([address.scheme, address.shown], [scheme, shown])
    }
  })

  it('of a kind nobody knows is answered with those that are', async () => {
    assert.deepEqual(schemes, ['postgres', 'mysql', 'sqlite', 'files'])
    const unknown = fails('connectors.unknown-scheme', {
      scheme: 'oracle',
      known: 'postgres, mysql, sqlite, files',
    })
    await assert.rejects(parseUrl('oracle://scott:tiger@db/x', '/'), unknown)
    await assert.rejects(parseUrl('constructor:x', '/'), fails('connectors.unknown-scheme'))
    await assert.rejects(
      probe({ scheme: '__proto__', secret: 'x' }, limits),
      fails('connectors.unknown-scheme'),
    )
    await assert.rejects(openRead({ scheme: 'ftp', secret: 'x' }, limits), fails('connectors.unknown-scheme'))
    for (const text of ['', 'shop.db', '/var/shop.db', '//x', ':'])
      await assert.rejects(
        parseUrl(text, '/'),
        fails('connectors.url', { scheme: 'postgres, mysql, sqlite, files', reason: 'it is not a URL' }),
      )
  })

  it('is never repeated where it is wrong', async () => {
    for (const url of [
      'postgres://ada:s3cret@db:x/shop',
      'postgres://ada:s3cret@db',
      'sqlite:',
      'files:s3cret\0',
      'mysql://ada:s3cret@db/x?y=z',
      'oracle://ada:s3cret@db/x',
    ])
      await assert.rejects(parseUrl(url, '/'), (error) => {
        assert.ok(isProblem(error))
        assert.doesNotMatch(`${error.stack} ${JSON.stringify(error)}`, /s3cret|ada/)
        return true
      })
  })
})
