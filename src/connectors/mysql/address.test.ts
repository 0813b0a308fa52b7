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
    assert.equal(error.params.scheme, 'mysql')
    return String(error.params.reason)
  }
  throw new Error(`taken: ${url}`)
}

describe('a MySQL address', () => {
  it('is shown without user and password', () => {
    const shown = (url: string) => parseAddress(url, '/base').shown
    assert.equal(
      shown('mysql://ada:s3cret@db.example:3307/shop?sslmode=require'),
      'mysql://db.example:3307/shop',
    )
    assert.equal(shown('mariadb://ada:s3cret@db.example/shop'), 'mysql://db.example:3306/shop')
    assert.equal(shown('mysql://ada@here/shop?socket=run/db.sock'), 'mysql:///base/run/db.sock/shop')
  })

  it('carries any user, password and database through', async () => {
    const text = fc
      .string({ unit: 'grapheme', minLength: 1 })
      .filter((value) => !value.includes('\0') && value.isWellFormed())
    await fc.assert(
      fc.asyncProperty(text, text, text, async (user, password, database) => {
        const [u = '', p = '', d = ''] = [user, password, database].map(encodeURIComponent)
        fc.pre(!/^(%2e|\.)+$/i.test(d))
        const { client } = await readAddress(parseAddress(`mysql://${u}:${p}@localhost/${d}`, '/').secret)
        assert.deepEqual([client.user, client.password, client.database], [user, password, database])
      }),
    )
  })

  it('leads to a host and port, or to a socket', async () => {
    const place = async (url: string) => (await readAddress(parseAddress(url, '/base').secret)).place
    assert.deepEqual(await place('mysql://a@[::1]:3307/c'), { host: '::1', port: 3307 })
    assert.deepEqual(await place('mysql://a@db.example/c'), { host: 'db.example', port: 3306 })
    assert.deepEqual(await place('mysql://a@here/c?socket=/run/mysqld/mysqld.sock'), {
      path: '/run/mysqld/mysqld.sock',
    })
  })

  it('says what is wrong with it, and never repeats it', () => {
    assert.equal(refusal('mysql://'), 'no database is given')
    assert.equal(refusal('mysql://[::1/shop'), 'it is not a URL')
    assert.equal(
      refusal('mysql://ada:s3cret@db.example:99999/shop'),
      'the port is not a number from 1 to 65535',
    )
    assert.equal(
      refusal('mysql://ada:s3cret@db.example:abc/shop'),
      'the port is not a number from 1 to 65535',
    )
    assert.equal(refusal('mysql://ada:s3cret@db.example:0/shop'), 'the port is not a number from 1 to 65535')
    assert.equal(refusal('mysql://ada:s3cret@db.example/'), 'no database is given')
    assert.equal(refusal('mysql://db.example/shop'), 'no user is given')
    assert.equal(refusal('mysql:/shop'), 'no user is given')
    assert.equal(refusal('mysql://ada@db.example/shop?multipleStatements=true'), 'a parameter is not known')
    assert.equal(refusal('mysql://ada@db.example/shop?flags=LOCAL_FILES'), 'a parameter is not known')
    assert.equal(refusal('mysql://ada@db.example/%E0'), 'it is not a URL')
  })

  it('never turns certificate checks off', async () => {
    for (const mode of [
      'sslmode=no-verify',
      'sslmode=prefer',
      'sslmode=VERIFY-FULL',
      'sslmode=',
      'ssl=1',
      'ssl={}',
    ])
      assert.equal(
        refusal(`mysql://a@b/c?${mode}`),
        'sslmode must be disable, require, verify-ca or verify-full',
      )
    assert.equal(refusal('mysql://a@b/c?sslmode=verify-ca'), 'sslmode=verify-ca needs sslrootcert')
    const tls = async (url: string) => (await readAddress(parseAddress(url, '/').secret)).client.ssl
    const verified = { minVersion: 'TLSv1.2', rejectUnauthorized: true, verifyIdentity: true }
    assert.deepEqual(await tls('mysql://a@b.example/c'), verified, 'elsewhere: verified')
    for (const mode of ['sslmode=require', 'ssl=true', 'ssl=verify-full', 'ssl=require'])
      assert.deepEqual(await tls(`mysql://a@b.example/c?${mode}`), verified, mode)
    for (const mode of ['sslmode=disable', 'ssl=false', 'ssl=disable'])
      assert.equal(await tls(`mysql://a@b.example/c?${mode}`), undefined, mode)
    for (const host of ['localhost', '127.0.0.1', '127.8.9.1', '[::1]'])
      assert.equal(await tls(`mysql://a@${host}/c`), undefined)
    assert.equal(await tls('mysql://a@b.example/c?socket=/run/db.sock'), undefined)
    assert.deepEqual(await tls('mysql://a@localhost/c?sslmode=verify-full'), verified)
    const missing = readAddress(parseAddress('mysql://a@b/c?sslrootcert=no/such.pem', '/base').secret)
    await assert.rejects(
      missing,
      (error) =>
        isProblem(error, 'connectors.url') && error.params.reason === 'a certificate file cannot be read',
    )
  })
})
