import fc from 'fast-check'

/** Names that break whoever pastes them into a statement: each is at most 63 bytes long, PostgreSQL's limit. */
const wellKnown: readonly string[] = [
  'select',
  'order',
  'user',
  'table',
  'group',
  'from',
  'where',
  'null',
  'true',
  'default',
  'check',
  'primary',
  'two words',
  ' leading',
  'trailing ',
  'tab\there',
  'line\nbreak',
  "o'brien",
  'say "hi"',
  '"',
  "'",
  '`',
  '[x]',
  '\\',
  '\\"',
  'a.b',
  '.',
  '..',
  'a,b',
  'a;b',
  'a:b',
  '$1',
  '?',
  '%s',
  '%',
  '_',
  '-',
  '--',
  '/* x */',
  '*',
  '#',
  '(',
  ')',
  '()',
  '{}',
  '@',
  '1',
  '1st',
  '007',
  'Ünïcödé',
  '名前',
  'имя',
  'שם',
  '🐘',
  'e\u0301',
  '\u200b',
  'x'.repeat(63),
  'é'.repeat(31),
  '🐉'.repeat(15),
  'id"; drop table person; --',
  "'; delete from person where ''='",
  '") or true --',
  'Upper',
  'upper',
  'UPPER',
  'constructor',
  '__proto__',
  'toString',
  'rowid ',
  'ctid ',
  'value ',
  'v0',
  'k0',
  't',
  'u',
  'oid ',
  '',
]

const signs = Array.from('"\'`´’“„«[](){}<>\\/|.,;:?!$%&#@*^~=+-_')
const inStatements = [
  ...[
    '%s',
    '%1$s',
    '%n',
    '$1',
    '$2',
    '?',
    '??',
    ':x',
    ':1',
    '@v',
    '@@version',
    '{0}',
    '\\',
    "\\'",
    '\\"',
    "''",
  ],
  ...[
    '""',
    '``',
    ']]',
    '--',
    '-- ',
    '/*',
    '*/',
    '/*!',
    '#',
    ';',
    '\\0',
    '\\N',
    '\\x00',
    "E'",
    'U&"',
    "N'",
    "x'",
    '::text',
    '..',
  ],
  ...[
    "'; drop table person; --",
    '"; delete from person; --',
    "' or ''='",
    '") or true --',
    '`; truncate person; #',
  ],
  ...[
    '/**/union/**/select',
    'select * from person',
    "'||(select 1)||'",
    '*/ or 1=1 /*',
    ') values (1); --',
    '=cmd|x',
  ],
]
const words = [
  ...[
    'select',
    'from',
    'where',
    'order',
    'group',
    'table',
    'user',
    'null',
    'true',
    'values',
    'returning',
    'rank',
  ],
  ...[
    'primary',
    'check',
    'default',
    'limit',
    'offset',
    'index',
    'key',
    'rowid',
    'ctid',
    'oid',
    'xmin',
    'tableoid',
  ],
  ...[
    'old',
    'new',
    'excluded',
    'session_user',
    'current_date',
    'system',
    'window',
    'id',
    'name',
    'e-mail',
    'prénom',
  ],
  ...[
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'length',
    'NaN',
    '0',
    '1',
    '-1',
    '1e5',
    '007',
  ],
]
const scripts = [
  ...[
    '名前',
    'имя',
    'שם',
    'اسم',
    'ชื่อ',
    'όνομα',
    'ΣΊΣΥΦΟΣ',
    'ß',
    'ẞ',
    'İ',
    'ı',
    'ſ',
    'K',
    'ﬁ',
    'Å',
    'A\u030a',
    'é',
    'e\u0301',
  ],
  ...[
    '🐘',
    '👩‍👩‍👧',
    '🇫🇷',
    '🏴󠁧󠁢󠁥󠁮󠁧󠁿',
    '\u{10ffff}',
    '\u{1d49c}',
    '\uffff',
    '\ufffd',
    '\ufeff',
    '\u202e',
    '\u2066',
    '\u200f',
    '\u0301\u0323',
  ],
]
const blanks = [
  ' ',
  '\t',
  '\n',
  '\r',
  '\r\n',
  '\v',
  '\f',
  '\u0085',
  '\u00a0',
  '\u200b',
  '\u2028',
  '\u2060',
  '\u3000',
  '\u3164',
]
const controls = Array.from({ length: 32 }, (_, i) => String.fromCharCode(i === 0 ? 127 : i))

const part = fc.oneof(
  ...[signs, inStatements, words, scripts, blanks, controls].map((some) => ({
    weight: 4,
    arbitrary: fc.constantFrom(...some),
  })),
  { weight: 3, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 4 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 2 }) },
)
const parts = (most: number) => fc.array(part, { minLength: 1, maxLength: most }).map((some) => some.join(''))

const bytes = (text: string): number => Buffer.byteLength(text)

const joined = (...some: readonly fc.Arbitrary<string>[]) => fc.tuple(...some).map((texts) => texts.join(''))
const blank = fc.constantFrom(...blanks)
const aWord = fc.constantFrom(...words, ...scripts)
const lengthened = (
  lengths: readonly number[],
  fillers: readonly string[],
  measure: (text: string) => number,
) =>
  fc
    .tuple(parts(3), fc.constantFrom(...lengths), fc.constantFrom(...fillers))
    .map(([name, length, filler]) => filled(name, length, filler, measure))

const hostileName = fc.oneof(
  { weight: 30, arbitrary: parts(5) },
  {
    weight: 9,
    arbitrary: aWord.chain((word) => fc.constantFrom(word, word.toLowerCase(), word.toUpperCase())),
  },
  { weight: 3, arbitrary: joined(blank, parts(2)) },
  { weight: 3, arbitrary: joined(parts(2), blank) },
  { weight: 3, arbitrary: fc.array(blank, { minLength: 1, maxLength: 4 }).map((some) => some.join('')) },
  { weight: 3, arbitrary: parts(4).map((name) => name.normalize('NFD')) },
  { weight: 9, arbitrary: lengthened([62, 63, 64, 65], ['x', 'é', '"'], bytes) },
  { weight: 6, arbitrary: lengthened([63, 64, 65], ['y', '名', '`'], (text) => text.length) },
  { weight: 1, arbitrary: joined(parts(2), fc.constant('\0'), parts(2)) },
)

/** Made exactly so long, as far as a whole filler fits. */
function filled(name: string, length: number, filler: string, measure: (text: string) => number): string {
  const missing = Math.floor((length - measure(name)) / measure(filler))
  return (
    name +
    filler.repeat(Math.max(0, missing)) +
    'z'.repeat(Math.max(0, (length - measure(name)) % measure(filler)))
  )
}

/** Without end, the same at every call, each once: the well-known ones first. Not every target can hold all of them. */
export function* hostileNames(): Iterable<string> {
  const seen = new Set<string>()
  const drawn = (seed: number) => fc.sample(hostileName, { seed, numRuns: 1_000 })
  for (let seed = 0; ; seed++)
    for (const name of seed === 0 ? wellKnown : drawn(seed)) {
      if (seen.has(name)) continue
      seen.add(name)
      yield name
    }
}
