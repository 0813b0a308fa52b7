import type { Drift } from '../src/inventory/public.ts'
import { type Block, bad, quiet, strong, type Text, warning } from './answer.ts'
import { t } from './language.ts'

/** Drift as a table, what concerns people first; nothing where there is none. */
export function driftBlocks(drift: readonly Drift[]): readonly Block[] {
  if (drift.length === 0) return []
  const columns = ['where', 'change', 'detail', 'since'].map((key) => ({
    header: t(`column-${key}`),
    wrap: key === 'detail',
  }))
  const rows = drift.toSorted((a, b) => rank(a) - rank(b)).map(rowOf)
  return ['', strong(t('drift-title')), { columns, rows }]
}

const rank = ({ special, personal }: Drift): number => (special ? 0 : personal ? 1 : 2)

function rowOf(drift: Drift): readonly Text[] {
  const { system, collection, field, change, what, before, after, since } = drift
  const where = [system, collection, field].filter((part) => part !== null).join(' · ')
  const aspect = t(`drift-${what}`)
  const detail =
    change === 'changed' ? t('drift-changed', { aspect, before: before ?? '–', after: after ?? '–' }) : aspect
  const marked = drift.special
    ? bad(`${where} (${t('drift-special')})`)
    : drift.personal
      ? warning(`${where} (${t('drift-personal')})`)
      : where
  return [marked, t(`change-${change}`), detail, quiet(t(`since-${since}`))]
}
