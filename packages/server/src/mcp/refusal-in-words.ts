import { ErrorCode, type JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';

/**
 * The library tells of parameters that do not fit as a fault of its own, in the notes of its validator: whoever sent them is
 * told which they are.
 */
export function inWords(message: JSONRPCMessage): JSONRPCMessage {
  if (!('error' in message) || message.error.code !== ErrorCode.InternalError) return message;
  const problems = readProblems(message.error.message);
  if (problems === null) return message;
  const words = problems.map(({ path, message: what }) => `"${path.join('.')}": ${what}`).join('; ');
  return { ...message, error: { code: ErrorCode.InvalidParams, message: `${words}.` } };
}

interface Problem {
  readonly path: readonly unknown[];
  readonly message: string;
}

function readProblems(text: string): Problem[] | null {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) && list.length > 0 && list.every(isProblem) ? list : null;
  } catch {
    return null;
  }
}

function isProblem(value: unknown): value is Problem {
  return (
    typeof value === 'object' && value !== null && 'path' in value && Array.isArray(value.path) && 'message' in value
  );
}
