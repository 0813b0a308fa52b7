/** Work in memory that takes long for very many people: wherever it yields, others may have a turn. */
export type Steps<Result> = Generator<undefined, Result, undefined>

const turnMs = 50

/** What `work` makes of each, in their order. */
export function* inTurn<One, Result>(
  list: readonly One[],
  work: (one: One, place: number) => Result,
): Steps<readonly Result[]> {
  const results: Result[] = []
  for (const [place, one] of list.entries()) {
    results.push(work(one, place))
    yield
  }
  return results
}

/** All of it without a break, as for one person. */
export function atOnce<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
  }
}

/** `pause` is waited for whenever so much was done since the last; without one all is done at once, as it must be under lock. */
export async function inSteps<Result>(steps: Steps<Result>, pause?: () => Promise<void>): Promise<Result> {
  if (!pause) return atOnce(steps)
  for (let began = performance.now(); ; ) {
    const { done, value } = steps.next()
    if (done) return value
    if (performance.now() - began < turnMs) continue
    await pause()
    began = performance.now()
  }
}
