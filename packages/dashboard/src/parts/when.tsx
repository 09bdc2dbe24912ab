/** An instant in the reader's own time, without the year where it is this one; its title says it in full and in UTC. */
export function When({
  at,
  empty = 'never',
}: {
  readonly at: number | string | null | undefined;
  readonly empty?: string;
}) {
  if (at === null || at === undefined) return <span>{empty}</span>;
  const date = new Date(at);
  const format = date.getFullYear() === new Date().getFullYear() ? ofThisYear : ofAnyYear;
  return (
    <time dateTime={date.toISOString()} title={date.toISOString()}>
      {format.format(date)}
    </time>
  );
}

const time = { hour: 'numeric', minute: '2-digit', second: '2-digit' } as const;
const ofThisYear = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric', ...time });
const ofAnyYear = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
