import { hash } from 'node:crypto';

/** Under which name a connection knows a statement: the same text has the same name everywhere. */
export function statementName(text: string): string {
  return hash('sha256', text, 'base64url').slice(0, 24);
}
