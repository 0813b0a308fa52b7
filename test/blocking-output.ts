/**
 * Comes with every file of tests, which is ended by force, so that what a failed test left running does not keep it: what it
 * said has to be out by then. Through a pipe that does not block, a file of 600 tests was heard of only 525 to 589 of them.
 * Node has no public way to ask for it; where this one goes, a file without a word is a failure (`check.ts`).
 */
const { _handle: pipe } = process.stdout as { _handle?: { setBlocking?(isBlocking: boolean): void } }
pipe?.setBlocking?.(true)
