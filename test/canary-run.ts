import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { type CanaryCompany, subscriberList } from './canary-company.ts'
import type { OverheardInstallation } from './canary-installation.ts'
import { fullName, otokar, zyxwanda } from './canary-words.ts'
import { type CommandLine, commandLine, finished, type Ran } from './command-line.ts'
import { administer } from './servers.ts'

/** What the outside world got to see, by where it saw it. */
export type Place =
  | 'answers of commands'
  | 'complaints of commands'
  | 'answers of the server'
  | 'output of the server'
  | 'list of processes'
  | 'activity of databases'
  | 'contents of databases'
  | 'files'

export interface Sighting {
  readonly place: Place
  /** Which command, call or file. */
  readonly by: string
  readonly text: string
}

export interface Job {
  readonly company: CanaryCompany
  readonly installation: OverheardInstallation
  /** Where commands may leave temporary files. */
  readonly temporary: string
  readonly sightings: Sighting[]
  readonly dossier: CommandLine
  /** Runs a command, notes what it says, and insists on its exit code. */
  run(exit: number, ...args: readonly string[]): Promise<Ran>
}

export function beginJob(
  company: CanaryCompany,
  installation: OverheardInstallation,
  temporary: string,
): Job {
  const sightings: Sighting[] = []
  const dossier = commandLine(installation, { DOSSIER_DEBUG: '1', TMPDIR: temporary })
  return {
    company,
    installation,
    temporary,
    sightings,
    dossier,
    async run(exit, ...args) {
      const ran = await dossier.run(...args)
      noteCommand(sightings, args, ran)
      if (ran.exit !== exit)
        throw new Error(`${args.join(' ')}: exit ${ran.exit}\n${ran.stdout}\n${ran.stderr}`)
      return ran
    },
  }
}

function noteCommand(sightings: Sighting[], args: readonly string[], { stdout, stderr }: Ran): void {
  const by = args.slice(0, 2).join(' ')
  sightings.push(
    { place: 'answers of commands', by, text: stdout },
    { place: 'complaints of commands', by, text: stderr },
  )
}

/** Systems, scan and map: the addresses, with their passwords, come by standard input. */
export async function setUp(job: Job): Promise<void> {
  await mkdir(job.installation.config.paths.data, { recursive: true })
  for (const [name, url] of Object.entries(job.company.urls)) await addSystem(job, name, url)
  await job.run(0, 'systems', 'list')
  await job.run(0, 'systems', 'test', '--json')
  await job.run(0, 'scan')
  await job.run(0, 'scan', '--json')
  await job.run(0, 'map', 'accept', '--country', 'FR')
  const file = join(job.installation.config.paths.data, 'map.yaml')
  await job.run(0, 'map', 'export', file)
  await job.run(0, 'map', 'import', file)
  await job.run(0, 'map', 'coverage', '--json')
}

async function addSystem(job: Job, name: string, url: string, ...options: readonly string[]): Promise<void> {
  const args = ['systems', 'add', name, '-', ...options]
  const child = job.dossier.start(args)
  child.stdin?.end(`${url}\n`)
  const ran = await finished(child)
  noteCommand(job.sightings, args, ran)
  if (ran.exit !== 0) throw new Error(ran.stderr)
}

/** One erasure attempted again and again, while the targets refuse in every way there is. */
export async function eraseAgainstResistance(job: Job): Promise<void> {
  const { company } = job
  const erase = (exit: number, ...more: readonly string[]) =>
    job.run(exit, 'erase', zyxwanda.email, '--yes', ...more)
  await company.run(`
    create function object() returns trigger language plpgsql as $$ begin
      raise exception 'No: % % %', old.email, old.last_name, old.iban using detail = old::text, hint = old.phone;
    end $$;
    create trigger object before update or delete on customer for each row execute function object()`)
  const desk = company.openDesk()
  desk.exec(`create trigger object before delete on requester begin select raise(abort, '${fullName(zyxwanda)} stays'); end;
    create trigger object_too before update on requester begin select raise(abort, '${fullName(zyxwanda)} stays'); end`)
  await writeFile(company.subscribers, subscriberList(false))
  await erase(3)

  await company.run(`drop trigger object on customer;
    alter table customer add constraint faithful check (email not like '%erased%' and last_name !~ 'erased' and phone is not null)`)
  desk.exec('drop trigger object; drop trigger object_too; begin exclusive')
  await rename(company.subscribers, `${company.subscribers}.away`)
  await erase(3, '--json')
  desk.exec('rollback')
  desk.close()
  await rename(`${company.subscribers}.away`, company.subscribers)
  await writeFile(company.subscribers, subscriberList())

  await company.run('alter table customer drop constraint faithful')
  await addSystem(job, 'shop', company.readerUrl, '--replace')
  await erase(3)
  await addSystem(job, 'shop', company.urls.shop, '--replace')
  await eraseAndLoseTheTarget(job)
}

/** Held by a lock in the shop, seen by whoever lists processes, cut off by the administrator; then the shop is closed. */
async function eraseAndLoseTheTarget(job: Job): Promise<void> {
  const { company, sightings } = job
  const admin = new pg.Client({
    connectionString: company.server.url('postgres'),
    application_name: 'dossier test',
  })
  await admin.connect()
  await company.run('begin; select 1 from customer where customer_id = 1 for update')
  const args = ['erase', zyxwanda.email, '--yes']
  const child = job.dossier.start(args)
  const ended = finished(child)
  const waiting = `select a.pid from pg_catalog.pg_stat_activity a
    where a.datname = '${company.database}' and a.wait_event_type = 'Lock' and a.application_name like 'dossier%'`
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; await sleep(20))
    if ((await admin.query(waiting)).rowCount) break
  sightings.push({ place: 'list of processes', by: 'erase', text: await processes() })
  await admin.query(waiting.replace('a.pid', 'pg_catalog.pg_terminate_backend(a.pid)'))
  const ran = await ended
  noteCommand(sightings, args, ran)
  if (ran.exit !== 3) throw new Error(`lost target: exit ${ran.exit}\n${ran.stdout}`)
  await company.run('rollback')
  await admin.end()

  await administer(company.server, `alter database ${company.database} allow_connections false`)
  await job.run(3, 'erase', zyxwanda.email, '--yes')
  await job.run(3, 'find', zyxwanda.email)
  await job.run(3, 'doctor')
  await administer(company.server, `alter database ${company.database} allow_connections true`)
}

export const canListProcesses = process.platform === 'linux'

/** What `ps` shows of every process on this machine but ourselves; nothing where it cannot be read from files. */
async function processes(): Promise<string> {
  if (!canListProcesses) return ''
  const texts: string[] = []
  for (const pid of await readdir('/proc'))
    if (/^\d+$/.test(pid) && Number(pid) !== process.pid)
      for (const file of ['cmdline', 'comm'])
        texts.push(await readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => ''))
  return texts.join('\n').replaceAll('\0', ' ')
}

/** Finding, and the one answer that holds what was found. */
export async function findAndCopy(job: Job): Promise<void> {
  const { phoneAbroad, number, email } = zyxwanda
  await job.run(0, 'find', phoneAbroad)
  await job.run(0, 'find', `number:${number}`, '--json')
  await job.run(0, 'access', email, '--out', join(job.temporary, '..', 'copy.zip'))
  await job.run(2, 'access', email, '--out', join(job.temporary, '..', 'nowhere', 'copy.zip'))
}

/** The erasure as it should go, to its end. */
export async function eraseInPeace(job: Job): Promise<void> {
  const planned = await job.run(0, 'erase', zyxwanda.email.toUpperCase(), '--json')
  const { id } = JSON.parse(planned.stdout) as { id: string }
  const erased = await job.run(0, 'erase', '--approve', id, '--json')
  const { request, state } = JSON.parse(erased.stdout) as { request: string; state: string }
  if (state !== 'completed') throw new Error(erased.stdout)
  await job.run(0, 'verify', request)
  await job.run(0, 'work')
  const bundle = join(job.installation.config.paths.data, 'bundle.zip')
  await job.run(0, 'evidence', 'bundle', request, '--out', bundle)
  await job.run(0, 'evidence', 'verify', bundle)
  await job.run(0, 'evidence', 'verify')
  await job.run(0, 'doctor', '--json')
}

/** Somebody's nightly load brings her back, and a table nobody knew. */
export async function bringBack(job: Job): Promise<void> {
  const { email, saying } = zyxwanda
  await job.company.run(`insert into mail_log values ('${email}', '${saying}', now());
    create table old_export as select '${email}'::text as mail, '${fullName(zyxwanda)}'::text as who`)
  await job.run(1, 'check')
  await job.run(1, 'sweep')
  await job.run(1, 'sweep', '--erase', '--json')
  await job.company.run('drop table old_export')
  await job.run(0, 'sweep', '--erase')
}

/** A person's identifier wherever something else belongs. */
export async function mistype(job: Job): Promise<void> {
  const { email, phone, phoneAbroad, number } = zyxwanda
  const name = fullName(zyxwanda)
  const list = join(job.temporary, '..', 'customers.yaml')
  await writeFile(list, `${email}: {name: ${name}, phone: ${phone}}\n`)
  const wrong: readonly (readonly string[])[] = [
    [email],
    [name],
    ['find', `email:${name}`],
    ['find', `phone:${name}`],
    ['find', `${email}\u0007`],
    ['find', name, email],
    ['find', email, `--${email}`],
    ['find', email, `--phone=${phone}`],
    ['access', email],
    ['access', email, '--out', '/nowhere/copy.zip'],
    ['access', email, '--out', join(job.temporary, 'x.zip'), '--language', email],
    ['erase', email, '--identity-proof', phone],
    ['erase', '--approve', email],
    ['verify', email],
    ['scan', email],
    ['scan', '--sample', phone],
    ['systems', 'test', number],
    ['systems', 'remove', email],
    ['systems', 'add', name, 'sqlite:nowhere'],
    ['systems', 'add', 'box', email],
    ['systems', 'add', 'box', `${email}:`],
    ['systems', 'add', 'box', `postgres://${encodeURIComponent(email)}:x@127.0.0.1:1/shop`],
    ['map', 'accept', '--country', name],
    ['map', 'accept', '--min-confidence', phoneAbroad],
    ['map', 'import', list],
    ['keys', 'revoke', email],
    ['keys', 'create', 'robot', '--scope', email],
    ['evidence', 'bundle', email, '--out', join(job.temporary, 'x.zip')],
    ['help', email],
  ]
  const ask = async (args: readonly string[]) => {
    const ran = await job.dossier.run(...args)
    noteCommand(job.sightings, args, ran)
    if (ran.exit === 0 && args[0] !== 'help') throw new Error(`${args.join(' ')} was taken for right`)
  }
  // Every other one in JSON, two at a time: each starts a process.
  const asked = wrong.map((args, i) => (i % 2 === 0 ? args : [...args, '--json']))
  for (let i = 0; i < asked.length; i += 2) await Promise.all(asked.slice(i, i + 2).map(ask))
}

/** A bug: something our own tables do not have any more. */
export async function breakInside(job: Job): Promise<void> {
  const admin = new pg.Client({
    connectionString: job.installation.adminUrl.replace(/postgres$/, 'main'),
    application_name: 'dossier test',
  })
  await admin.connect()
  await admin.query('alter table subjects.lookup rename to misplaced')
  await job.run(70, 'erase', otokar.email)
  await job.run(70, 'erase', otokar.email, '--json')
  await admin.query('alter table subjects.misplaced rename to lookup')
  await admin.end()
}
