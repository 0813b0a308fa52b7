import type { Cell } from '../connector.ts'
import { type Sketch, text } from './sketch.ts'

/** People as they stand in real files: spellings, scripts, shared phones, an empty name, nobody's number. */
export const people: Sketch = {
  name: 'person',
  fields: [
    { name: 'id', kind: 'integer', required: true },
    { name: 'email', kind: 'text', maxLength: 60 },
    { name: 'phone', kind: 'text', maxLength: 30 },
    { name: 'first', kind: 'text', maxLength: 40 },
    { name: 'last', kind: 'text', required: true, maxLength: 40 },
    { name: 'note', kind: 'text' },
  ],
  key: ['id'],
  rows: [
    [
      '1',
      'ada@example.com',
      '+33 6 12 34 55 66',
      'Ada',
      'Lovelace',
      'Called on Monday about 100% of her order',
    ],
    ['2', ' Ada@Example.COM\t', '06 12 34 55 66', 'ADA', 'LOVELACE', null],
    ['3', 'elodie@example.fr', '0612345567', 'Élodie', 'Müller', 'ÉLODIE MÜLLER wrote: rue de la paix_3'],
    ['4', 'ivan@example.ru', '112', 'Иван', 'Петров', 'gift for ada@example.com'],
    ['5', 'odos@example.gr', '+30 210 1234567', 'ΟΔΟΣ', 'Σοφία', 'tel 06-12-34-55-66'],
    ['6', 'li@example.cn', null, '李', '小龍 🐉', "it's; drop table person; --"],
    ['7', 'nobody', 'ext. 112', '', 'O\'Brien "Bob"', '{"a": [1, 2]}'],
  ],
}

/** Two rows that are alike in everything, and nothing to name them by. */
export const visits: Sketch = {
  name: 'visit',
  fields: [text('page'), text('visitor'), text('seen')],
  rows: [
    ['/home', 'ada', '2026-01-01'],
    ['/home', 'ada', '2026-01-01'],
    ['/home', 'bob', '2026-01-02'],
    ['/cart', 'ada', '2026-01-03'],
  ],
}

/** Numbered rows, many enough to need batches. */
export function numbered(count: number): Sketch {
  const rows = Array.from({ length: count }, (_, i): readonly Cell[] => [String(i), `user${i}@example.com`])
  return {
    name: 'numbered',
    fields: [{ name: 'id', kind: 'integer', required: true }, text('email')],
    key: ['id'],
    rows,
  }
}
