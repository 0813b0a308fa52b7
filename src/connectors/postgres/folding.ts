import iconv from 'iconv-lite'
import { isProblem } from '../../platform/problem.ts'
import { name, type Sql, sql } from '../../platform/sql.ts'
import type { Connection } from './connection.ts'

/** How one server folds text: found out once per session. */
export interface Folding {
  /** A collation under which lower() knows every letter; null where there is none, and only ASCII can be compared. */
  readonly collation: Sql | null
  /** Every character JavaScript's trim() removes, as far as the server's encoding has it. */
  readonly whitespace: string
  /** False for text the server's encoding cannot hold: asked for it, the server answers with an error, not "none". */
  holds(text: string): boolean
}

const asciiSpace = ' \t\n\v\f\r'
const unicodeSpace = `${asciiSpace}\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff`

/** Under the C locale lower() knows A to Z alone, and under a Turkish one I does not become i: rows would be missed. */
const candidates = ['default', 'pg_unicode_fast', 'pg_c_utf8', 'und-x-icu', 'C.UTF-8', 'C.utf8', 'en_US.utf8']

/** Asks the server, inside a transaction. */
export async function readFolding(connection: Connection): Promise<Folding> {
  const [server] = await connection.script(
    [
      `select pg_catalog.current_setting('server_encoding'), d.datctype from pg_catalog.pg_database d
       where d.datname = pg_catalog.current_database()`,
    ],
    'reading the encoding',
  )
  const [encoding = '', ctype = ''] = server?.rows[0] ?? []
  const holds = (text: string) => !text.includes('\0') && fits(text, encoding ?? '')
  if (encoding === 'UTF8')
    return { collation: await bestCollation(connection), whitespace: unicodeSpace, holds }
  const knowsAscii = encoding === 'SQL_ASCII' || /^(C|POSIX|(tr|az)[_-].*)$/.test(ctype ?? '')
  return { collation: knowsAscii ? null : collationNamed('default'), whitespace: asciiSpace, holds }
}

async function bestCollation(connection: Connection): Promise<Sql | null> {
  for (const candidate of candidates) {
    const collation = collationNamed(candidate)
    const test = `select pg_catalog.lower('ÀÉŁΩЖI' collate ${collation.parts.join('')}) collate "C" = 'àéłωжi'`
    const answers = await connection.attempt([test], 'trying a collation')
    if (!isProblem(answers) && answers[0]?.rows[0]?.[0] === 't') return collation
  }
  return null
}

const collationNamed = (collation: string): Sql => sql`${name('pg_catalog', collation)}`

function fits(text: string, encoding: string): boolean {
  if (encoding === 'UTF8' || encoding === 'SQL_ASCII' || !iconv.encodingExists(encoding)) return true
  return iconv.decode(iconv.encode(text, encoding), encoding) === text
}
