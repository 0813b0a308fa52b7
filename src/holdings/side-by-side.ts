/**
 * Does the same work for each item, so many at once, beginning in their order. The answers stand in that order too; each
 * comes, or fails, by itself.
 */
export function sideBySide<Item, Answer>(
  items: readonly Item[],
  width: number,
  work: (item: Item) => Promise<Answer>,
): readonly Promise<Answer>[] {
  const answers = items.map(() => Promise.withResolvers<Answer>())
  // Whoever awaits one of them hears of its failure; until then it is nobody's.
  for (const { promise } of answers) promise.catch(() => undefined)
  const waiting = items.entries()
  const lane = async () => {
    for (const [i, item] of waiting) await work(item).then(answers[i]?.resolve, answers[i]?.reject)
  }
  for (let lanes = 0; lanes < width; lanes += 1) void lane()
  return answers.map(({ promise }) => promise)
}

/**
 * Does the same work for each system, or for each collection of one, at once: systems have sessions of their own, and
 * collections share the transaction of one. Throws what failed first in their order, when none of them works any more.
 */
export async function inEach<Item, Answer>(
  items: readonly Item[],
  work: (item: Item) => Promise<Answer>,
): Promise<readonly Answer[]> {
  const answers = items.map(work)
  await Promise.allSettled(answers)
  return Promise.all(answers)
}
