/** An instant in the reader's own time; its title says it in UTC. */
export function When({
  at,
  empty = 'never',
}: {
  readonly at: number | string | null | undefined;
  readonly empty?: string;
}) {
  if (at === null || at === undefined) return <span>{empty}</span>;
  const date = new Date(at);
  return (
    <time dateTime={date.toISOString()} title={date.toISOString()}>
      {format.format(date)}
    </time>
  );
}

const format = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
