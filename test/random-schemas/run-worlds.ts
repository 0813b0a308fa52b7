import fc from 'fast-check'
import { Problem } from '../../src/platform/problem.ts'
import { buildWorld } from './build-world.ts'
import { type Sketch, sketches } from './sketch.ts'
import { statementsOf } from './target.ts'
import { type Lane, tryWorld } from './try-world.ts'
import { writeMap } from './write-map.ts'

export interface RunInput {
  readonly runs: number
  /** Of the first world; each of the others has the next number, and can be run again by it alone. */
  readonly seed: number
  /** How long a failing world may be made smaller; 0 shows it as it came. */
  readonly shrinkMs: number
  /** Ends the run after the world it is at, which is not made smaller any more. */
  readonly signal?: AbortSignal
  readonly onWorld?: (done: number, wrong: number) => void
  readonly onWrong?: (wrong: WrongWorld) => void
}

export interface WrongWorld {
  readonly seed: number
  /** What differs from the oracle, then the world as SQL and map. */
  readonly report: string
}

/** Tries that many worlds, one after the other; the ones that came out wrong. */
export async function runWorlds(lane: Lane, input: RunInput): Promise<readonly WrongWorld[]> {
  const wrong: WrongWorld[] = []
  let attempt = 0
  // Requests and tombstones of one world must mean nobody in the next.
  const build = (sketch: Sketch) => {
    attempt += 1
    return lane.target.fit(buildWorld(sketch, `w${String(attempt).padStart(6, '0')}`))
  }
  for (let i = 0; i < input.runs && !input.signal?.aborted; i += 1) {
    const seed = input.seed + i
    const report = await tryOne(lane, seed, input, build)
    if (report !== null) {
      const one = { seed, report }
      wrong.push(one)
      input.onWrong?.(one)
    }
    input.onWorld?.(i + 1, wrong.length)
  }
  return wrong
}

async function tryOne(
  lane: Lane,
  seed: number,
  { shrinkMs, signal }: Pick<RunInput, 'shrinkMs' | 'signal'>,
  build: (sketch: Sketch) => ReturnType<typeof buildWorld>,
): Promise<string | null> {
  const property = fc.asyncProperty(sketches, async (sketch) => {
    if (signal?.aborted) return
    const differences = await tryWorld(lane, build(sketch), seed % 2 === 1)
    if (differences.length > 0) throw new Error(differences.join('\n'))
  })
  const details = await fc.check(property, {
    seed,
    numRuns: 1,
    unbiased: true,
    endOnFailure: shrinkMs === 0,
    ...(shrinkMs > 0 && { interruptAfterTimeLimit: shrinkMs }),
  })
  const [sketch] = details.counterexample ?? []
  if (!sketch) return null
  const world = build(sketch)
  const asked = world.asked.map(({ person, by }) => world.people[person]?.[by])
  return [
    `erased, one after the other: ${asked.join(', ')}`,
    reasonOf(details.errorInstance),
    ...statementsOf(world, true).map((one) => `${one};`),
    writeMap(world, 'world', ''),
  ].join('\n')
}

function reasonOf(error: unknown): string {
  const params = error instanceof Problem ? JSON.stringify(error.params) : ''
  return `${error instanceof Error ? error.stack : String(error)} ${params}`.trimEnd()
}
