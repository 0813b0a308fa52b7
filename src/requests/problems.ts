import { negative, outOfReach, problems, wrongUsage } from '../platform/problem.ts'

export const problem = problems({
  'requests.unknown': wrongUsage(404),
  'requests.not-an-identifier': wrongUsage(),
  'requests.unknown-plan': wrongUsage(404),
  /** What was given as the number of a request or a plan is none. */
  'requests.bad-id': wrongUsage(),
  'requests.no-certificate': negative(404),
  /** The map or the schema changed since the plan was made, or a newer plan replaced it. params: `plan`. */
  'requests.plan-stale': negative(),
  /** The plan was made for somebody else. */
  'requests.plan-of-another': negative(),
  /** A ruling on a record that is in no doubt. params: `system`, `collection`. */
  'requests.no-possible-match': wrongUsage(404),
  'requests.not-yet-carried-out': negative(),
  'requests.search-terms-gone': negative(410),
  'requests.unknown-sweep': wrongUsage(404),
  /** Nothing of this system is mapped, so nobody can be looked for in it. params: `system`. */
  'requests.not-in-map': wrongUsage(404),
  /** params: `batch`. */
  'requests.unknown-batch': wrongUsage(404),
  'requests.batch-empty': wrongUsage(),
  /** It was approved, so it can be planned no more. params: `batch`. */
  'requests.batch-not-open': negative(),
  /** params: `batch`. */
  'requests.batch-not-planned': negative(),
  /** params: `file`, `reason` (the system's error code). */
  'requests.people-file-unreadable': wrongUsage(),
  /** params: `file`, `most`. */
  'requests.people-file-long': wrongUsage(),
  /** Lines that name nobody; the text says which, and nothing of what stands there. params: `count`, `lines`. */
  'requests.people-lines': wrongUsage(),
  /** Whoever handed in many people cannot approve them alone. params: `plan`, `people`, `most`. */
  'requests.four-eyes': negative(403),
  /** An erasure of the same person is being carried out. params: `request`. */
  'requests.already-under-way': negative(),
  /** params: `file`, `reason` (the system's error code). */
  'requests.package-unwritable': outOfReach(),
  /** Kept rows without key whose ground may have ended, and which cannot be told from others. params: `system`, `collections`, `rows`. */
  'requests.kept-lost': negative(),
})
