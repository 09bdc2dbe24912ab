/** One sentence for a failure: from an error of the file system or from what PostgreSQL wrote. */
export function complain(folder: string, problem: { error?: unknown; output?: string }, logFile: string): string {
  const code = errorCode(problem.error);
  const output = problem.output ?? '';
  const known = reasons.find(({ codes, text }) => (code !== undefined && codes.includes(code)) || text.test(output));
  if (known) return known.sentence(folder);
  const fatal = output
    .split('\n')
    .filter((line) => /\b(FATAL|PANIC|error):/i.test(line))
    .at(-1)
    ?.replace(/^.*?\b(FATAL|PANIC|error):\s*/i, '');
  return `The embedded PostgreSQL in ${folder} did not start${fatal ? `: ${fatal}` : ''} (its log is ${logFile}).`;
}

const reasons: { codes: string[]; text: RegExp; sentence: (folder: string) => string }[] = [
  {
    codes: ['ENOSPC', 'EDQUOT'],
    text: /No space left on device|Disk quota exceeded/,
    sentence: (folder) =>
      `The disk that holds ${folder} is full: the embedded PostgreSQL needs about 100 MB there to start.`,
  },
  {
    codes: ['EROFS'],
    text: /Read-only file system/,
    sentence: (folder) =>
      `The file system that holds ${folder} is read-only: choose another folder with INTERLOCK_HOME.`,
  },
  {
    codes: [],
    text: /database files are incompatible with server/,
    sentence: (folder) =>
      `The database in ${folder} was made by another PostgreSQL version than the installed one: move its contents over with pg_dump, or choose a new folder with INTERLOCK_HOME.`,
  },
  {
    codes: [],
    text: /could not (map anonymous shared memory|create shared memory segment)|Cannot allocate memory/,
    sentence: (folder) =>
      `There is not enough memory to start the embedded PostgreSQL in ${folder}: it needs about 150 MB.`,
  },
  {
    codes: [],
    text: /lock file "[^"]*" already exists/,
    sentence: (folder) => `Another PostgreSQL seems to run on ${folder}: stop it first.`,
  },
  {
    codes: ['EACCES', 'EPERM'],
    text: /Permission denied|has wrong ownership|Operation not permitted/,
    sentence: (folder) =>
      `The folder ${folder} may not be used by this user: give it to the user that runs the server, or choose another with INTERLOCK_HOME.`,
  },
];

function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
