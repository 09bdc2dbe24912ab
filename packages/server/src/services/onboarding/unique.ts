/** Whether PostgreSQL refused a row because another one has what a unique index guards. */
export function violates(thrown: unknown, index: string): boolean {
  const { code, constraint } = thrown as { code?: unknown; constraint?: unknown };
  return code === '23505' && constraint === index;
}
