// A launcher or npm that is killed outright cannot say so: without this, a server would stay behind as an orphan,
// holding the port and the data directory.
const parent = process.ppid

setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, 'SIGTERM')
}, 500).unref()
