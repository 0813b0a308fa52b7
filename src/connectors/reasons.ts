/**
 * Why an address, a connection or a file will not do: closed, so that every one has its sentence in every language
 * (`texts/<language>/connectors.json`, `reason.<phrase>`), and free of values from the target.
 */
export const reasons = [
  // addresses
  'no path is given',
  'the path holds a NUL character',
  'a database in memory belongs to its own program',
  'it is not a URL',
  'no host is given',
  'no database is given',
  'no user is given',
  'the port is not a number from 1 to 65535',
  'a parameter is not known',
  'sslmode must be disable, require, verify-ca or verify-full',
  'sslmode=verify-ca needs sslrootcert',
  'a certificate file cannot be read',
  // connections
  'nobody answers there',
  'the host name is not known',
  'the connection was lost',
  'the server ended a session that took too long',
  'the server is starting or stopping',
  'the server has no free connection',
  'our own connections to it are all in use',
  'the database does not exist',
  'the server offers no TLS; add ?sslmode=disable where the network is yours',
  "the server's certificate is not trusted",
  'it takes too long to answer',
  'the file does not exist',
  'the file cannot be opened',
  'the directory does not exist',
  'it is not a directory',
  // files that are not what they say
  'it is a directory',
  'it is not a SQLite database',
  'the database is damaged',
  'a quote is never closed',
  'a quote stands inside an unquoted value',
  'text follows a closing quote',
  'the number of values differs from the header',
  'a NUL byte',
  'it is not valid UTF-8, though its byte order mark says so',
  'it is not valid UTF-16',
  'two fields have the same name',
  'a field has no name',
  'the first line looks like data, not like field names',
  'a record is longer than 64 MB',
  'the workbook is damaged',
  'the workbook is locked with a password, or of the format before .xlsx',
  'the workbook is too large to be read safely',
  'the workbook declares a document type',
  'it takes too long to read',
  'it may hold copies of cells, and cannot be searched',
  'this spreadsheet format is not read; save it as .xlsx',
  // collections that cannot be read or written
  'no right to read it',
  'row-level security hides rows',
  'the target cannot compute it',
  'somebody else has locked it',
  'it needs an extension that is not here',
  'a link leads out of the directory',
  'it is not a regular file',
] as const

export type Reason = (typeof reasons)[number]

/** Said by the server before it commits: nothing was written. */
export const endedByServer = 'the server ended a session that took too long' satisfies Reason
