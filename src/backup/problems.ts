import { negative, outOfReach, problems, wrongUsage } from '../platform/problem.ts'

export const problem = problems({
  /** params: `directory`. */
  'backup.directory-not-empty': wrongUsage(),
  /** params: `path`, `reason` (an errno). */
  'backup.unwritable': outOfReach(),
  'backup.unreadable': wrongUsage(),
  /** Not a backup of ours, or of a version to come. params: `file`. */
  'backup.not-a-backup': wrongUsage(),
  /** params: `file`. */
  'backup.wrong-secret': negative(),
  /** A changed, missing or moved chunk. params: `file`, `chunk`. */
  'backup.damaged': negative(),
  /** The file ends before its end. params: `file`. */
  'backup.cut-off': negative(),
  /** What was read back differs. params: `what`. */
  'backup.differs': negative(),
  'backup.short-passphrase': wrongUsage(),
  /** The passphrases of both files are one. */
  'backup.same-passphrase': wrongUsage(),
  /** Made by a newer Dossier. params: `migration`. */
  'backup.of-newer-version': negative(),
  /** A Dossier works with these databases or this directory. params: `directory`. */
  'backup.installation-running': negative(),
  /** params: `directory`. */
  'backup.installation-not-empty': negative(),
  /** params: `name`. */
  'backup.not-confirmed': wrongUsage(),
  /** There are no keys in place, and the backup's were not asked for. params: `directory`. */
  'backup.keys-needed': wrongUsage(),
  /** Its keys were wrapped by an epoch key that was destroyed here. params: `epoch`. */
  'backup.epoch-destroyed': negative(),
})
