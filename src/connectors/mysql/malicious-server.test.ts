import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { isProblem } from '../../platform/problem.ts'
import { driver } from './driver.ts'
import { refuseTooOld } from './server.ts'

const limits = { statementTimeoutMs: 2_000, lockTimeoutMs: 300 }

const localFiles = 0x80
const protocol41 = 0x200
const secureConnection = 0x8000
const pluginAuth = 0x8_0000

/** A packet of MySQL's protocol. */
function packet(number: number, ...parts: readonly (string | Buffer | readonly number[])[]): Buffer {
  const payload = Buffer.concat(parts.map((part) => Buffer.from(part as string)))
  const head = Buffer.alloc(4)
  head.writeUIntLE(payload.length, 0, 3)
  head.writeUInt8(number, 3)
  return Buffer.concat([head, payload])
}

/** What a server says first: its version, what it can do, and how one signs in. */
function greeting(): Buffer {
  const can = localFiles | protocol41 | secureConnection | pluginAuth
  const low = [can & 0xff, (can >> 8) & 0xff]
  const high = [(can >> 16) & 0xff, (can >> 24) & 0xff]
  return packet(
    0,
    [10],
    '8.0.99\0',
    [1, 0, 0, 0],
    '12345678\0',
    low,
    [45, 2, 0],
    high,
    [21],
    Buffer.alloc(10),
    '123456789012\0',
    'mysql_native_password\0',
  )
}

const ok = (number: number): Buffer => packet(number, [0, 0, 0, 2, 0, 0, 0])

const text = (value: string): Buffer => Buffer.concat([Buffer.from([value.length]), Buffer.from(value)])
const end = [0xfe, 0, 0, 2, 0]

/** The answer to `show variables`: two columns of text. */
function variables(rows: Readonly<Record<string, string>>): Buffer {
  const column = (name: string) => [
    ...['def', '', '', '', name, name].map(text),
    [0x0c, 45, 0, 0xff, 0, 0, 0, 0xfd, 0, 0, 0, 0, 0],
  ]
  const answer = [
    [[2]],
    column('Variable_name'),
    column('Value'),
    [end],
    ...Object.entries(rows).map((row) => row.map(text)),
    [end],
  ]
  return Buffer.concat(answer.map((parts, i) => packet(i + 1, ...parts)))
}

interface Stranger {
  readonly port: number
  /** All that was sent to it. */
  heard(): Buffer
  close(): void
}

/** A server that answers the client's packets one after the other, and whatever comes later not at all. */
async function stranger(...answers: readonly ((socket: Socket) => void)[]): Promise<Stranger> {
  const heard: Buffer[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    const left = [...answers]
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('data', (data) => {
      heard.push(data)
      left.shift()?.(socket)
    })
    socket.write(greeting())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  return {
    port: address.port,
    heard: () => Buffer.concat(heard),
    close() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

const openAt = (port: number, parameters = '') =>
  driver.openRead(
    driver.parse(`mysql://ada:s3cret-canary@127.0.0.1:${port}/shop${parameters}`, '/').secret,
    limits,
  )

describe('a server that speaks MySQL and means no good', () => {
  it('gets no file of ours, whichever it asks for', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'dossier-mysql-'))
    const path = join(directory, 'secret')
    await writeFile(path, 'file-canary')
    const server = await stranger(
      (socket) => socket.write(ok(2)),
      (socket) => socket.write(packet(1, [0xfb], path)),
      (socket) => socket.write(ok(3)),
    )
    try {
      await assert.rejects(openAt(server.port), (error) => {
        assert.ok(isProblem(error, 'connectors.unreachable'))
        assert.doesNotMatch(`${error.stack} ${JSON.stringify(error)}`, /secret/)
        return true
      })
      const heard = server.heard()
      assert.equal(heard.readUInt32LE(4) & localFiles, 0, 'nor is it told that it may ask')
      assert.match(heard.toString('latin1'), /set sql_mode/, 'it was asked something, and asked back')
      assert.doesNotMatch(heard.toString('latin1'), /file-canary|s3cret-canary/)
    } finally {
      server.close()
      await rm(directory, { recursive: true })
    }
  })

  it('is not told the password, though it asks for it in the clear', async () => {
    const server = await stranger((socket) => socket.write(packet(2, [0xfe], 'mysql_clear_password\0')))
    try {
      await assert.rejects(openAt(server.port), {
        code: 'connectors.refused',
        params: { what: 'signing in' },
      })
      assert.doesNotMatch(server.heard().toString('latin1'), /s3cret-canary/)
    } finally {
      server.close()
    }
  })

  it('hears nothing at all where it offers no encryption and the address wants it', async () => {
    const server = await stranger()
    try {
      await assert.rejects(openAt(server.port, '?sslmode=require'), (error) => {
        assert.ok(isProblem(error, 'connectors.unreachable'))
        assert.match(String(error.params.reason), /offers no TLS/)
        return true
      })
      assert.equal(server.heard().length, 0)
    } finally {
      server.close()
    }
  })

  it('may want encryption where the address wants none: then that is what is said', async () => {
    const refusal = packet(
      2,
      [0xff, 3159 & 0xff, 3159 >> 8],
      '#HY000Connections using insecure transport are prohibited',
    )
    const server = await stranger((socket) => socket.write(refusal))
    try {
      await assert.rejects(openAt(server.port), {
        code: 'connectors.refused',
        params: { what: 'signing in without TLS' },
      })
    } finally {
      server.close()
    }
  })

  it('cannot end us with what is no answer', async () => {
    for (const nonsense of [
      packet(2, [0xff]),
      packet(2, Buffer.alloc(300, 0xfe)),
      Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'),
      Buffer.alloc(100, 0xff),
    ]) {
      const server = await stranger((socket) => socket.end(nonsense))
      try {
        await assert.rejects(openAt(server.port), (error) => isProblem(error) && error.exit === 3)
      } finally {
        server.close()
      }
    }
  })
})

describe('a server older than the driver speaks with', () => {
  it('is told by name and version, and asked nothing more', async () => {
    const server = await stranger(
      (socket) => socket.write(ok(2)),
      (socket) => socket.write(ok(1)),
      (socket) => socket.write(variables({ version: '5.7.44-log', max_allowed_packet: '4194304' })),
    )
    try {
      await assert.rejects(openAt(server.port), {
        code: 'connectors.too-old',
        params: { system: `mysql://127.0.0.1:${server.port}/shop`, engine: 'MySQL 5.7', oldest: 'MySQL 8.0' },
      })
      assert.match(server.heard().toString('latin1'), /show session variables/)
      assert.doesNotMatch(server.heard().toString('latin1'), /information_schema|max_execution_time/)
    } finally {
      server.close()
    }
  })

  for (const [version, engine] of [
    ['5.5.62', 'MySQL 5.5'],
    ['10.5.29-MariaDB-0+deb11u1', 'MariaDB 10.5'],
    ['5.5.68-MariaDB', 'MariaDB 5.5'],
  ] as const)
    it(`${engine} is too old`, () =>
      assert.throws(() => refuseTooOld(version, 'shop'), {
        code: 'connectors.too-old',
        params: { system: 'shop', engine, oldest: /^MariaDB/.test(engine) ? 'MariaDB 10.6' : 'MySQL 8.0' },
      }))

  for (const version of [
    '8.0.11',
    '8.0.mysql_aurora.3.04.0',
    '9.7.0',
    '10.6.0-MariaDB',
    '11.8.3-MariaDB-log',
    'unheard-of',
  ])
    it(`${version} is not`, () => refuseTooOld(version, 'shop'))
})
