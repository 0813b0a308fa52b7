import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { mysqlServers } from '../mysql-server.ts'
import { eraseApart } from './erase-apart.ts'
import { type LaneChoice, openLane, type TargetKind } from './lane.ts'
import { planApart } from './plan-apart.ts'
import { runWorlds } from './run-worlds.ts'

/** A few of the worlds that `run.ts` makes by the thousand: always the same, so that a failure is news. */
const cases: readonly (LaneChoice & { readonly title: string; readonly runs: number })[] = [
  { title: 'of a database made up by chance', runs: 40, target: 'sqlite', by: 'engine' },
  { title: 'from receipt to certificate', runs: 4, target: 'sqlite', by: 'request' },
  {
    title: 'where the target holds its constraints at all times',
    runs: 5,
    target: 'postgres',
    by: 'engine',
  },
  { title: 'where the target looks at one row at a time', runs: 3, target: 'mariadb', by: 'engine' },
  { title: 'where it does, for several people at once', runs: 2, target: 'mysql', by: 'batch' },
]

const mysqls = await mysqlServers()
/** `mysqlServers` fails where one that is required is missing. */
const missing = (target: TargetKind): string | false => {
  const isHere =
    target === 'sqlite' ||
    target === 'postgres' ||
    mysqls.some(({ isMariadb }) => isMariadb === (target === 'mariadb'))
  return isHere ? false : `no ${target} on this machine`
}

describe('erasing people takes all that is theirs and touches nothing else', () => {
  for (const { title, runs, ...choice } of cases)
    it(`${title}, in ${runs} worlds`, { skip: missing(choice.target) }, async () => {
      await using lane = await openLane(choice)
      const wrong = await runWorlds(lane, { runs, seed: 1, shrinkMs: 0 })
      assert.deepEqual(
        wrong.map(({ seed, report }) => `seed ${seed}: ${report}`),
        [],
      )
    })

  it('whether several are written in one transaction or each in one of their own, in 3 worlds', async () => {
    await using lane = await openLane({ target: 'sqlite', by: 'engine' })
    const { transactions, wrong } = await eraseApart(lane, 3, 1)
    assert.deepEqual(wrong, [])
    assert.ok(transactions > 0)
  })

  it('knows each of them by the same names and doubts in whatever company they ask, in 4 worlds', async () => {
    await using lane = await openLane({ target: 'sqlite', by: 'engine' })
    const { sharing, wrong } = await planApart(lane, 4, 5)
    assert.deepEqual(wrong, [])
    assert.ok(sharing > 0)
  })
})
