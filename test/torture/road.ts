import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** Where a COMMIT may be cut off: before the server has it, or after it was carried out and before its answer. */
export type CommitCut = 'before' | 'after'

/** A TCP road to a PostgreSQL, open unless it is told otherwise. */
export interface Road extends AsyncDisposable {
  readonly port: number
  /** Nobody gets through any more, and whoever is on it is thrown off. */
  close(): void
  open(): void
  /** Each piece of what is sent takes so long. */
  delay(ms: () => number): void
  /** Throws everybody off when so many more bytes have passed, to and fro. */
  cutAfter(bytes: number): void
  /** Cuts the connection that commits next, after so many that may pass. */
  cutAtCommit(where: CommitCut, passing?: number): void
  /** How often it was cut since it was last asked. */
  cuts(): number
}

const noDelay = () => 0

export async function openRoad(to: () => { readonly port: number }): Promise<Road> {
  const pairs = new Set<readonly [Socket, Socket]>()
  const state = {
    isOpen: true,
    delay: noDelay,
    bytes: Number.POSITIVE_INFINITY,
    commit: undefined as undefined | { where: CommitCut; passing: number },
    cuts: 0,
  }
  const cut = (pair: readonly [Socket, Socket]) => {
    pairs.delete(pair)
    for (const socket of pair) socket.destroy()
  }
  const cutAll = () => {
    state.cuts += 1
    for (const pair of pairs) cut(pair)
  }
  const server = createServer({ allowHalfOpen: false }, (near) => {
    if (!state.isOpen) return void near.destroy()
    const far = connect({ host: '127.0.0.1', port: to().port, noDelay: true })
    near.setNoDelay(true)
    const pair = [near, far] as const
    pairs.add(pair)
    /** Set while a COMMIT of this connection is under way, whose answer is not to arrive. */
    const fate = { answerIsLost: false }
    const meetsCommit = (piece: Buffer): boolean => {
      if (!state.commit || !isCommit(piece)) return false
      if (state.commit.passing-- > 0) return false
      const { where } = state.commit
      state.commit = undefined
      fate.answerIsLost = where === 'after'
      return where === 'before'
    }
    carry(near, far, (piece) => !meetsCommit(piece))
    carry(far, near, () => !fate.answerIsLost)
    for (const socket of pair) {
      socket.on('error', () => cut(pair))
      socket.on('close', () => cut(pair))
    }
    function carry(from: Socket, onto: Socket, mayPass: (piece: Buffer) => boolean): void {
      let turn: Promise<void> = Promise.resolve()
      from.on('data', (piece: Buffer) => {
        turn = turn.then(async () => {
          if (state.delay !== noDelay) await sleep(state.delay())
          if (onto.destroyed) return
          if (!mayPass(piece)) {
            state.cuts += 1
            return cut(pair)
          }
          state.bytes -= piece.length
          if (state.bytes < 0) {
            onto.write(piece.subarray(0, Math.max(0, piece.length + state.bytes)))
            state.bytes = Number.POSITIVE_INFINITY
            return cutAll()
          }
          onto.write(piece)
        })
      })
    }
  })
  server.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      state.isOpen = false
      for (const pair of pairs) cut(pair)
    },
    open() {
      Object.assign(state, {
        isOpen: true,
        delay: noDelay,
        bytes: Number.POSITIVE_INFINITY,
        commit: undefined,
      })
    },
    delay(ms) {
      state.delay = ms
    },
    cutAfter(bytes) {
      state.bytes = bytes
    },
    cutAtCommit(where, passing = 0) {
      state.commit = { where, passing }
    },
    cuts() {
      const { cuts } = state
      state.cuts = 0
      return cuts
    },
    async [Symbol.asyncDispose]() {
      for (const pair of pairs) cut(pair)
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A simple query of PostgreSQL's protocol that says nothing but COMMIT. */
function isCommit(piece: Buffer): boolean {
  return piece[0] === 0x51 && piece.subarray(5).toString('latin1').toLowerCase() === 'commit\0'
}
