const ownMark = ` #${process.pid}`

/** An `application_name` for one of our own databases: says what connects, and by its process whose connection it is. */
export const connectionName = (name: string): string => `${name}${ownMark}`

/** Matches, in PostgreSQL, connections of ours from this process, and from any. */
export const namesOfThisProcess = `%${ownMark}`
export const namesOfAnyProcess = '^dossier .*#[0-9]+$'
