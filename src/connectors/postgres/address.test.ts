import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isProblem } from '../../platform/problem.ts'
import { parseAddress, readAddress } from './address.ts'

const refusal = (url: string): string => {
  try {
    parseAddress(url, '/base')
  } catch (error) {
    assert.ok(isProblem(error, 'connectors.url'), String(error))
    return String(error.params.reason)
  }
  throw new Error(`taken: ${url}`)
}

describe('a PostgreSQL address', () => {
  it('is shown without user and password', () => {
    const { shown } = parseAddress('postgres://ada:s3cret@db.example:6543/shop?sslmode=require', '/base')
    assert.equal(shown, 'postgres://db.example:6543/shop')
    assert.equal(
      parseAddress('postgresql://ada:s3cret@db.example/shop', '/').shown,
      'postgres://db.example:5432/shop',
    )
    assert.equal(
      parseAddress('postgres://ada@socket/shop?host=/run/pg', '/').shown,
      'postgres:///run/pg:5432/shop',
    )
  })

  it('carries any user, password and database through', async () => {
    const text = fc
      .string({ unit: 'grapheme', minLength: 1 })
      .filter((value) => !value.includes('\0') && value.isWellFormed())
    await fc.assert(
      fc.asyncProperty(text, text, text, async (user, password, database) => {
        const [u = '', p = '', d = ''] = [user, password, database].map(encodeURIComponent)
        fc.pre(!/^(%2e|\.)+$/i.test(d))
        const { client } = await readAddress(parseAddress(`postgres://${u}:${p}@localhost/${d}`, '/').secret)
        assert.ok(typeof client.password === 'function')
        assert.deepEqual([client.user, await client.password(), client.database], [user, password, database])
      }),
    )
  })

  it('says what is wrong with it, and never repeats it', () => {
    assert.equal(refusal('postgres://'), 'no database is given')
    assert.equal(refusal('postgres://[::1/shop'), 'it is not a URL')
    assert.equal(
      refusal('postgres://ada:s3cret@db.example:99999/shop'),
      'the port is not a number from 1 to 65535',
    )
    assert.equal(
      refusal('postgres://ada:s3cret@db.example:abc/shop'),
      'the port is not a number from 1 to 65535',
    )
    assert.equal(
      refusal('postgres://ada:s3cret@db.example:0/shop'),
      'the port is not a number from 1 to 65535',
    )
    assert.equal(refusal('postgres://ada:s3cret@db.example'), 'no database is given')
    assert.equal(refusal('postgres://ada:s3cret@db.example/'), 'no database is given')
    assert.equal(refusal('postgres://db.example/shop'), 'no user is given')
    assert.equal(refusal('postgres:/shop'), 'no user is given')
    assert.equal(refusal('postgres://ada@db.example/shop?options=-c%20role=x'), 'a parameter is not known')
    assert.equal(refusal('postgres://ada@db.example/%E0'), 'it is not a URL')
  })

  it('never turns certificate checks off', async () => {
    for (const mode of ['no-verify', 'prefer', 'allow', 'VERIFY-FULL', ''])
      assert.equal(
        refusal(`postgres://a@b/c?sslmode=${mode}`),
        'sslmode must be disable, require, verify-ca or verify-full',
      )
    assert.equal(refusal('postgres://a@b/c?sslmode=verify-ca'), 'sslmode=verify-ca needs sslrootcert')
    const tls = async (url: string) => (await readAddress(parseAddress(url, '/').secret)).client.ssl
    assert.deepEqual(await tls('postgres://a@b.example/c'), {}, 'elsewhere: verified')
    assert.deepEqual(await tls('postgres://a@b.example/c?sslmode=require'), {})
    assert.equal(await tls('postgres://a@b.example/c?sslmode=disable'), false)
    for (const host of ['localhost', '127.0.0.1', '127.8.9.1', '[::1]'])
      assert.equal(await tls(`postgres://a@${host}/c`), false)
    assert.deepEqual(await tls('postgres://a@localhost/c?sslmode=verify-full'), {})
    const missing = readAddress(parseAddress('postgres://a@b/c?sslrootcert=no/such.pem', '/base').secret)
    await assert.rejects(
      missing,
      (error) =>
        isProblem(error, 'connectors.url') && error.params.reason === 'a certificate file cannot be read',
    )
  })
})
