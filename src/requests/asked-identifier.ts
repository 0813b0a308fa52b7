import type { Identifier } from '../holdings/public.ts'
import { currentMap } from '../inventory/public.ts'
import type { Context } from '../platform/context.ts'
import { identifierKindOf, normaliseIdentifier } from '../subjects/public.ts'
import { problem } from './problems.ts'

/**
 * What somebody typed, as identifiers to look for. `email:`, `phone:`, `number:` … in front says the kind; without it
 * the form decides. Throws `requests.not-an-identifier`, without repeating what was typed.
 */
export async function askedIdentifiers(ctx: Context, typed: string): Promise<readonly Identifier[]> {
  const { map } = await currentMap(ctx)
  const said = /^(email|phone|number|username|national-id|bank-account):(.*)$/su.exec(typed)
  const text = said?.[2] ?? typed
  if (text.includes('\0') || text.length > 500) throw problem('requests.not-an-identifier')
  const kind = (said?.[1] as Identifier['kind'] | undefined) ?? identifierKindOf(text, map.country)
  const value = normaliseIdentifier(kind, text, map.country)
  if (value === null) throw problem('requests.not-an-identifier')
  return [{ kind, value }]
}
