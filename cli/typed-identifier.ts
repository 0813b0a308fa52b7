import { text } from 'node:stream/consumers'
import type { Identifier } from '../src/holdings/public.ts'
import type { Context } from '../src/platform/context.ts'
import { askedIdentifiers } from '../src/requests/public.ts'

/** The identifier of a command; `-` reads it from standard input, so that it stands in no shell history. */
export const typedIdentifier = async (ctx: Context, typed: string): Promise<readonly Identifier[]> =>
  askedIdentifiers(ctx, typed === '-' ? (await text(process.stdin)).trim() : typed)
