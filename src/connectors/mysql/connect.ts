import { Socket } from 'node:net'
import { type Connection as Client, createConnection } from 'mysql2'
import type { Address } from './address.ts'

const connectTimeoutMs = 10_000

/** A client that is signed in, and the socket below it: mysql2 only ever says goodbye, and does not hang up. */
export interface Link {
  readonly client: Client
  readonly socket: Socket
}

/** Throws what mysql2 throws: `targetProblem` makes a Problem of it. */
export async function connect({ place, client: options }: Address): Promise<Link> {
  const socket = new Socket()
  // Node takes the name in a certificate for that of `_host`; mysql2 gives it no other where the host is an address.
  Object.assign(socket, { _host: 'host' in place ? place.host : undefined })
  const client = createConnection({
    ...options,
    stream: () => socket.connect(place).setNoDelay(true).setKeepAlive(true),
    connectTimeout: connectTimeoutMs,
    connectAttributes: { program_name: 'dossier' },
    charset: 'utf8mb4',
    // A server may ask for any file of ours with LOAD DATA LOCAL: not offered, and never answered with a file.
    flags: ['-LOCAL_FILES'],
    multipleStatements: false,
    enableCleartextPlugin: false,
    // Without it mysql2 writes parsers as program text, with what the server says inside.
    disableEval: true,
    rowsAsArray: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    dateStrings: true,
    jsonStrings: true,
    // Each costs the server memory until it is closed; few texts recur.
    maxPreparedStatements: 16,
  })
  try {
    await new Promise<void>((resolve, reject) =>
      client.connect((error) => (error ? reject(error) : resolve())),
    )
    return { client, socket }
  } catch (error) {
    client.on('error', () => undefined)
    socket.destroy()
    throw error
  }
}

/** Ends the statement another connection waits for, and leaves that connection as it is. Best effort. */
export async function killStatement(address: Address, threadId: number): Promise<void> {
  try {
    const { client, socket } = await connect(address)
    client.on('error', () => undefined)
    await new Promise((resolve) => client.query(`kill query ${threadId}`, resolve))
    socket.destroy()
  } catch {
    // The server takes no further connection: then only hanging up is left.
  }
}
