import { decodeBase64 } from './note.ts'

/**
 * Proofs as files: a few lines, an empty one, and the checkpoint they lead to. An inclusion proof is a C2SP tlog-proof; a
 * consistency proof is what C2SP tlog-witness sends to a witness.
 */
export interface ProofFile {
  /** The leaf's index, or the size of the smaller tree. */
  readonly from: number
  readonly hashes: readonly Buffer[]
  /** The signed note, as it stands. */
  readonly checkpoint: string
}

const inclusionHead = 'c2sp.org/tlog-proof@v1\nindex '
const consistencyHead = 'old '
const mostHashes = 63

export const writeInclusion = (proof: ProofFile): string => write(inclusionHead, proof)
export const writeConsistency = (proof: ProofFile): string => write(consistencyHead, proof)

/** Undefined for anything that is not written just so. */
export const readInclusion = (text: string): ProofFile | undefined => read(inclusionHead, text)
export const readConsistency = (text: string): ProofFile | undefined => read(consistencyHead, text)

const write = (head: string, { from, hashes, checkpoint }: ProofFile): string =>
  `${[`${head}${from}`, ...hashes.map((hash) => hash.toString('base64'))].join('\n')}\n\n${checkpoint}`

function read(head: string, text: string): ProofFile | undefined {
  const end = text.indexOf('\n\n')
  if (end < 0 || !text.startsWith(head)) return undefined
  const [from = '', ...lines] = text.slice(head.length, end).split('\n')
  const hashes = lines.flatMap((line) => decodeBase64(line) ?? [])
  const isWhole = hashes.length === lines.length && hashes.every((hash) => hash.length === 32)
  if (!/^(0|[1-9]\d{0,15})$/.test(from) || !isWhole || hashes.length > mostHashes) return undefined
  return { from: Number(from), hashes, checkpoint: text.slice(end + 2) }
}

/**
 * The step at which a proof that cannot be read is broken, where it was to have so many nodes: the first line that is no
 * hash. Undefined when it is broken elsewhere.
 */
export function unreadableStep(text: string, nodes: number): number | undefined {
  const [, ...lines] = text.slice(0, Math.max(0, text.indexOf('\n\n'))).split('\n')
  const hashes = lines[0]?.startsWith('index ') ? lines.slice(1) : lines
  const broken = hashes.findIndex((line) => decodeBase64(line)?.length !== 32)
  // The first node is given, or the first hash itself: then there are as many of both.
  const given = nodes - hashes.length
  return broken >= 0 && (given === 0 || given === 1) ? broken + given : undefined
}
