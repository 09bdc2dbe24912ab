import { error } from './contract.ts';
import { quote } from './problem.ts';

/** The caller's own notes on something; never sent to the receiver. */
export type Metadata = Readonly<Record<string, string>>;

const maxKeys = 50;
const maxKeyLength = 40;
const maxValueLength = 500;

/** Holds metadata against its bounds (specification 2.0). */
export function readMetadata(metadata: Metadata | null): Metadata {
  if (metadata === null) return {};
  const entries = Object.entries(metadata);
  if (entries.length > maxKeys) throw refusal(`has ${entries.length} keys; send at most ${maxKeys}`);
  for (const [key, value] of entries) {
    if (key.length < 1 || key.length > maxKeyLength) {
      throw refusal(`has the key ${quote(key)}; a key has 1 to ${maxKeyLength} characters`);
    }
    if (value.length > maxValueLength) throw refusal(`has under ${quote(key)} more than ${maxValueLength} characters`);
  }
  return metadata;
}

function refusal(problem: string) {
  return error('invalid_metadata', `metadata ${problem}.`, { param: 'metadata' });
}
