import { generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { verifyConsistency } from '../src/evidence/merkle.ts'
import {
  type Checkpoint,
  cosignNote,
  openCheckpoint,
  rawPublicKey,
  readVerifierKey,
  splitNote,
  writeWitnessKey,
} from '../src/evidence/note.ts'
import { readConsistency } from '../src/evidence/proof-file.ts'

/** What a witness may do to us. */
export type Manners = 'honest' | 'down' | 'lying' | 'endless' | 'away'

export interface TestWitness extends AsyncDisposable {
  /** As `DOSSIER_WITNESS` takes it. */
  readonly address: string
  readonly key: string
  manners: Manners
  /** What it saw last of a log, by origin; written only after it was verified. */
  readonly seen: Map<string, Checkpoint>
  readonly calls: string[]
  trust(logKey: string): void
}

/** A witness after C2SP tlog-witness, on a port of this machine: it verifies, remembers, and cosigns. */
export async function startWitness(name = 'witness.example/w1'): Promise<TestWitness> {
  const { privateKey } = generateKeyPairSync('ed25519')
  const trusted: string[] = []
  const key = writeWitnessKey({ name, publicKey: rawPublicKey(privateKey) })
  const server = createServer((request, response) => {
    void answer(request.url ?? '', text(request)).then(({ status, body }) => {
      if (witness.manners === 'down') return response.destroy()
      if (witness.manners === 'endless') return void endless()
      response.writeHead(status, { 'content-type': status === 409 ? 'text/x.tlog.size' : 'text/plain' })
      return response.end(body)
    })
    const endless = () => response.write('x'.repeat(70_000), (error) => !error && setImmediate(endless))
  })
  async function answer(url: string, sent: Promise<string>) {
    const proof = readConsistency(await sent)
    witness.calls.push(`${url} old ${proof?.from}`)
    if (witness.manners === 'away') return { status: 503, body: 'later\n' }
    if (url !== '/w/add-checkpoint' || !proof) return { status: 400, body: 'bad request\n' }
    const origin = proof.checkpoint.split('\n')[0] ?? ''
    const keys = trusted.flatMap((one) => readVerifierKey(one) ?? []).filter((one) => one.name === origin)
    if (keys.length === 0) return { status: 404, body: 'unknown log\n' }
    const shown = keys.flatMap((one) => openCheckpoint(proof.checkpoint, one) ?? [])[0]
    if (!shown) return { status: 403, body: 'untrusted\n' }
    if (proof.from > shown.size) return { status: 400, body: 'old is larger\n' }
    const before = witness.seen.get(origin)
    if (proof.from !== (before?.size ?? 0)) return { status: 409, body: `${before?.size ?? 0}\n` }
    if (before && before.size === shown.size && !before.root.equals(shown.root))
      return { status: 409, body: `${before.size}\n` }
    if (before && !verifyConsistency(before, shown, proof.hashes))
      return { status: 422, body: 'inconsistent\n' }
    witness.seen.set(origin, shown)
    const signed = splitNote(proof.checkpoint)?.text ?? ''
    const line = cosignNote(
      witness.manners === 'lying' ? `${signed}more\n` : signed,
      { name, privateKey },
      new Date(),
    )
    return { status: 200, body: line }
  }
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const bound = server.address()
      resolve(typeof bound === 'object' ? (bound?.port ?? 0) : 0)
    })
  })
  const witness: TestWitness = {
    address: `http://127.0.0.1:${port}/w#${key}`,
    key,
    manners: 'honest',
    seen: new Map(),
    calls: [],
    trust: (logKey) => void trusted.push(logKey),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return witness
}
