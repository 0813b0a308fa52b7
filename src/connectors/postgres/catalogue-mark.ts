/**
 * What tells, in one cheap statement, that the catalogue is as it was when it was last read: the address of every row that
 * a description is made from, and who wrote it. PostgreSQL never changes such a row where it stands (but for sizes and
 * estimates, which are read anew each time), and within one life of a server no two transactions bear one number; another
 * server, a restored one or a copy has another start. Rights are not part of it: they are asked for each time.
 */

/** The first number that PostgreSQL gives to what is made by others. */
const firstOwn = 16_384

const address = (row: string) => `${row}.xmin, ${row}.ctid`

/** By letter: which rows, and what names each of them. Temporary tables come and go, and nobody describes them. */
const rowsOf: Readonly<Record<string, string>> = {
  n: `select n.oid, 0, ${address('n')} from pg_namespace n where n.oid in (select s.oid from spaces s)`,
  c: `select c.oid, 0, ${address('c')} from pg_class c where c.oid >= ${firstOwn} and c.relnamespace in (select s.oid from spaces s)`,
  a: `select a.attrelid, a.attnum, ${address('a')} from pg_attribute a where a.attrelid >= ${firstOwn} and a.attrelid in (select h.oid from held h)`,
  d: `select d.adrelid, d.adnum, ${address('d')} from pg_attrdef d where d.adrelid >= ${firstOwn} and d.adrelid in (select h.oid from held h)`,
  k: `select k.oid, 0, ${address('k')} from pg_constraint k where k.oid >= ${firstOwn} and k.connamespace in (select s.oid from spaces s)`,
  i: `select i.indexrelid, 0, ${address('i')} from pg_index i where i.indexrelid >= ${firstOwn} and i.indrelid in (select h.oid from held h)`,
  h: `select i.inhrelid, i.inhseqno, ${address('i')} from pg_inherits i`,
  m: `select m.objoid, m.objsubid, ${address('m')} from pg_description m where m.objoid >= ${firstOwn} and m.objoid in (select h.oid from held h)`,
  t: `select t.oid, 0, ${address('t')} from pg_type t where t.oid >= ${firstOwn} and not ${isTemporary('t.typnamespace')}`,
  e: `select e.oid, 0, ${address('e')} from pg_enum e`,
  // What stands in a default or a check is printed by the names of these.
  p: `select p.oid, 0, ${address('p')} from pg_proc p where p.oid >= ${firstOwn} and not ${isTemporary('p.pronamespace')}`,
  o: `select o.oid, 0, ${address('o')} from pg_operator o where o.oid >= ${firstOwn}`,
  l: `select l.oid, 0, ${address('l')} from pg_collation l where l.oid >= ${firstOwn}`,
  s: `select s.oid, 0, ${address('s')} from pg_ts_config s where s.oid >= ${firstOwn}`,
}

function isTemporary(space: string): string {
  return `${space} in (select x.oid from pg_namespace x where x.nspname ~ '^pg_(toast_)?temp_')`
}

/** Answers with the mark alone. */
export const markStatement = `
  with spaces as materialized (
    select n.oid from pg_namespace n where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'),
  held as materialized (
    select c.oid from pg_class c
    where c.relkind in ('r', 'p', 'v', 'm', 'f') and c.relnamespace in (select s.oid from spaces s)),
  marked as (
    ${Object.entries(rowsOf)
      .map(
        ([letter, rows]) =>
          `select concat_ws(' ', '${letter}', x.id, x.part, x.writer, x.place) as line from (${rows}) x (id, part, writer, place)`,
      )
      .join('\n    union all ')})
  select concat_ws(' ', d.oid, pg_postmaster_start_time(), current_setting('quote_all_identifiers'),
      (select encode(sha256(string_agg(m.line, ',' order by m.line collate "C")::bytea), 'hex') from marked m))
  from pg_database d where d.datname = current_database()`
