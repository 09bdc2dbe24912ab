import { ApiError, coarseRefusal, type PlatformRefusal } from '../core/errors.ts';

/** The codes of the console with their statuses: those of the platform that it can give, and its own. */
const statuses = {
  invalid_input: 400,
  malformed_body: 400,
  mode_mismatch: 400,
  session_required: 401,
  wrong_credentials: 401,
  role_missing: 403,
  cross_origin: 403,
  signup_closed: 403,
  not_found: 404,
  route_not_found: 404,
  conflict: 409,
  body_too_large: 413,
  unsupported_media_type: 415,
  rate_limited: 429,
  internal: 500,
  unavailable: 503,
} as const satisfies Partial<Record<PlatformRefusal | OwnCode, number>>;

type OwnCode = 'wrong_credentials' | 'cross_origin' | 'signup_closed';

export type ConsoleCode = keyof typeof statuses;

/** A refusal in the console's words. */
export function consoleError(code: ConsoleCode, message: string, details?: ApiError['details']): ApiError<ConsoleCode> {
  return new ApiError(code, message, details);
}

/** What the console has no word of its own for is worded as what it is a case of. */
function codeOf({ code }: ApiError): string {
  return coarseRefusal(code);
}

export function statusOf(error: ApiError): number {
  return (statuses as Readonly<Record<string, number>>)[codeOf(error)] ?? 500;
}

export function errorBody(error: ApiError, requestId: string): object {
  const { param } = error.details;
  return {
    error: {
      code: codeOf(error),
      message: error.message,
      ...(param === undefined ? {} : { field: param }),
      request_id: requestId,
    },
  };
}

/** What better-auth refuses, in the console's words. */
const known: Readonly<Record<string, readonly [code: ConsoleCode, message: string, field?: string]>> = {
  INVALID_EMAIL: ['invalid_input', '"email" must be an e-mail address.', 'email'],
  PASSWORD_TOO_SHORT: ['invalid_input', 'The password is too short.', 'password'],
  PASSWORD_TOO_LONG: ['invalid_input', 'The password is too long.', 'password'],
  USER_ALREADY_EXISTS: ['conflict', 'Somebody has signed up with this address already; sign in instead.', 'email'],
  USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL: [
    'conflict',
    'Somebody has signed up with this address already; sign in instead.',
    'email',
  ],
  // Two sign-ups with one address at the same moment: the second meets the unique constraint.
  FAILED_TO_CREATE_USER: [
    'conflict',
    'The account could not be created; the address may just have been taken.',
    'email',
  ],
  INVALID_EMAIL_OR_PASSWORD: ['wrong_credentials', 'The e-mail address or the password is wrong.'],
  INVALID_PASSWORD: ['invalid_input', 'The current password is wrong.', 'currentPassword'],
  INVITATION_NOT_FOUND: ['not_found', 'There is no such invitation, or it has expired or been answered.'],
  YOU_ARE_NOT_THE_RECIPIENT_OF_THE_INVITATION: [
    'not_found',
    'This invitation was made for another e-mail address; sign in with that one.',
  ],
  USER_IS_ALREADY_A_MEMBER_OF_THIS_ORGANIZATION: ['conflict', 'This person is a member already.', 'email'],
  USER_IS_ALREADY_INVITED_TO_THIS_ORGANIZATION: [
    'conflict',
    'This address has a pending invitation; cancel that one first.',
    'email',
  ],
  INVITATION_LIMIT_REACHED: ['conflict', 'There are too many pending invitations; cancel some first.'],
  ORGANIZATION_MEMBERSHIP_LIMIT_REACHED: ['conflict', 'The workspace has as many members as it can have.'],
  YOU_ARE_NOT_ALLOWED_TO_INVITE_USER_WITH_THIS_ROLE: ['role_missing', 'Only an owner may invite an owner.', 'role'],
};

/** Translates a refusal of better-auth; `null` for what it does not blame on the caller. */
export function refusalOf(status: number, body: unknown): ApiError<ConsoleCode> | null {
  const { code, message } = (body ?? {}) as { code?: unknown; message?: unknown };
  const entry = typeof code === 'string' ? known[code] : undefined;
  if (entry !== undefined) {
    const [own, sentence, field] = entry;
    return consoleError(own, sentence, field === undefined ? {} : { param: field });
  }
  const sentence = typeof message === 'string' && message !== '' ? message : 'The request cannot be carried out.';
  switch (status) {
    case 400:
    case 422: {
      const [, field = 'body', problem = sentence] = /^\[body\.([\w.]+)\] (.+)$/.exec(sentence) ?? [];
      return consoleError('invalid_input', field === 'body' ? problem : `"${field}": ${problem}.`, { param: field });
    }
    case 401:
      return consoleError('session_required', 'Sign in first.');
    case 403:
      return consoleError('role_missing', sentence);
    case 404:
      return consoleError('not_found', sentence);
    case 415:
      return consoleError('unsupported_media_type', 'Send the body as application/json.', { param: 'Content-Type' });
    default:
      return null;
  }
}
