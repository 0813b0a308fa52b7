import { decodeBase64, type NoteKey, readVerifierKey } from './note.ts'

/**
 * The key to check a bundle with, and whether it is another than the one given from elsewhere (name+id+base64, or base64 of
 * 32 bytes). The enclosed key is the one that signed, so that a stranger's bundle is still checked for what it is.
 */
export function verifierKeyIn(
  enclosed: string,
  given: string | undefined,
): { readonly known: NoteKey | undefined; readonly isAnother: boolean } {
  const own = enclosed.endsWith('\n') ? readVerifierKey(enclosed.slice(0, -1)) : undefined
  if (given === undefined) return { known: own, isAnother: false }
  const named = readVerifierKey(given)
  if (!own) return { known: named, isAnother: false }
  const bytes = named?.publicKey ?? decodeBase64(given)
  const isSame = bytes?.equals(own.publicKey) === true
  return { known: own, isAnother: !isSame || (named !== undefined && named.name !== own.name) }
}
