type Headers = Readonly<Record<string, string>>;

const maxNames = 32;
const maxBytes = 16_384;

/**
 * Names that belong to the connection or to the framing of the message, which a caller must not steer, and `expect`,
 * whose answer nobody would wait for.
 */
const forbidden = new Set([
  'host',
  'content-length',
  'connection',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
]);

/** A token (RFC 9110, section 5.6.2). */
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** What has no place in a field value: control characters, and what does not fit into one byte (RFC 9110, section 5.5). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there.
const outsideValue = /[\u0000-\u001f\u007f]|[^\u0000-\u00ff]/;

export interface HeaderRefusal {
  readonly name: string;
  /** A sentence that says what to change; the value is not in it. */
  readonly message: string;
}

/** Says what is wrong with the headers that a user gives, or `null`: each by itself, their number and their size. */
export function checkHeaders(headers: Headers): HeaderRefusal | null {
  const seen = new Set<string>();
  let bytes = 0;
  for (const [name, value] of Object.entries(headers)) {
    const refusal = checkHeader(name, value);
    if (refusal !== null) return refusal;
    const lower = name.toLowerCase();
    if (seen.has(lower)) return refuse(name, 'is given twice; names are the same in upper and lower case.');
    seen.add(lower);
    bytes += name.length + value.length;
    if (seen.size > maxNames) return refuse(name, `is one too many; send at most ${maxNames}.`);
    if (bytes > maxBytes) return refuse(name, `takes the headers over ${maxBytes} bytes in all; shorten them.`);
  }
  return null;
}

/** Says why this header must not be sent, or `null`. */
export function checkHeader(name: string, value: string): HeaderRefusal | null {
  if (!token.test(name)) {
    return refuse(name, 'has characters that a name cannot have; use letters, digits and hyphens.');
  }
  const lower = name.toLowerCase();
  if (forbidden.has(lower) || lower.startsWith('proxy-')) {
    return refuse(name, 'belongs to the connection and is set by the sender; leave it out.');
  }
  if (outsideValue.test(value)) {
    return refuse(name, 'has a control character or one outside Latin-1 in its value; encode the value.');
  }
  return null;
}

function refuse(name: string, message: string): HeaderRefusal {
  return { name, message: `The header ${JSON.stringify(name)} ${message}` };
}

/** The headers of a request, from the weakest to the strongest. */
export interface HeaderSources {
  /** Sent unless the user says otherwise, such as `User-Agent`. */
  readonly defaults: Headers;
  readonly user: Headers;
  /** Set last, over whatever the user gave. */
  readonly reserved: Headers;
  /** Lower-case beginnings of names that are ours alone: what the user gave there is dropped, also where we set nothing. */
  readonly reservedPrefixes: readonly string[];
}

/** Puts the headers of a request together; names are compared without regard to case. */
export function composeHeaders({ defaults, user, reserved, reservedPrefixes }: HeaderSources): Headers {
  const ours = new Set(Object.keys(reserved).map((name) => name.toLowerCase()));
  const kept = Object.entries(user).filter(([name]) => {
    const lower = name.toLowerCase();
    return !ours.has(lower) && !reservedPrefixes.some((prefix) => lower.startsWith(prefix));
  });
  const given = new Set([...ours, ...kept.map(([name]) => name.toLowerCase())]);
  const added = Object.entries(defaults).filter(([name]) => !given.has(name.toLowerCase()));
  return Object.fromEntries([...added, ...kept, ...Object.entries(reserved)]);
}
