/**
 * Statements that read subject tables without naming one subject (scale.md §6, rule 4): on several servers they ask all of
 * them. None takes a lock or writes, but for the batches below. `<domain>.<function>`, with the reason.
 */
export const fanOut: Readonly<Record<string, string>> = {
  'evidence.countWaiting': 'how far the log is behind',
  'evidence.entriesOutsideLog': 'verification of the whole log',
  'evidence.entriesWhere': 'entries of a request, whose subject is not known yet',
  'evidence.leafPlaces': 'proofs of entries, which are quoted by their number alone',
  'evidence.leavesBetween': 'verification of the whole log',
  'evidence.unmarkedEntries': 'marks that a kill prevented',
  'evidence.unsequencedEntries': 'the sequencer: one log for all subjects',
  'requests.findRequest': 'a request is quoted by its number alone',
  'requests.findPlan': 'so is a plan',
  'requests.listRequests': 'the desk’s list',
  'requests.requestsNumbered': 'whoever a sweep found is known by the number of their request',
  'requests.openShapes': 'plans that a change of shape makes stale',
  'requests.stepsDue': 'work left by a killed worker, or due again',
  'requests.keptToReview': 'grounds that may have ended',
  'requests.verificationsDue': 'appointed verifications',
  'requests.requestsToSettle': 'results nobody has drawn',
  'subjects.canaryKey': 'whether an epoch key still opens what it wrapped',
  'subjects.compareTables': 'every live key must be in the table that takes the place of theirs',
  'subjects.countKeys': 'how many keys each epoch wraps',
  'subjects.countToShred': 'whether destroyed keys outlive their horizon in copies',
  'subjects.epochsInUse': 'whether a backup’s keys can still be opened',
  'subjects.keysToRewrap': 'a rotation wraps every live key anew',
  'subjects.subjectsToShred': 'whose destroyed key no copy opens any more',
  'subjects.wrapsAnything': 'an epoch key that wraps anything is not destroyed',
  'requests.requestsToForget': 'keys of which nothing more is needed',
}

/** Writes in chunks over many subjects (design §5): marks of the log and of the relay, which nobody waits for. */
export const batches: Readonly<Record<string, string>> = {
  'evidence.markRelayed': 'entries handed over to jobs',
  'evidence.markSequenced': 'entries that became leaves',
}
