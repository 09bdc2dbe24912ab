import { BlockList, isIP, isIPv6 } from 'node:net';

/** Reading an allowlist either gives a matcher or names the entry that is wrong. */
export type AllowlistReading<T> =
  | { readonly ok: true; readonly allows: T }
  | { readonly ok: false; readonly index: number; readonly message: string };

/** Whether an address is inside the list. */
export type AddressMatcher = (address: string) => boolean;
/** Whether a Referer header is inside the list. */
export type RefererMatcher = (referer: string | undefined) => boolean;

/** The most entries that one list may have. */
export const maxEntries = 50;

/**
 * Single addresses and CIDR ranges, IPv4 and IPv6; IPv4-mapped IPv6 is compared as IPv4. An empty list restricts
 * nothing.
 */
export function readAddressList(entries: readonly string[]): AllowlistReading<AddressMatcher> {
  if (entries.length === 0) return { ok: true, allows: () => true };
  // One list for each family: in one alone, an IPv6 range such as ::/64 would hold every IPv4 address in its mapped form.
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() };
  for (const [index, entry] of entries.entries()) {
    const message = addEntry(lists, entry);
    if (message !== null) return { ok: false, index, message };
  }
  return {
    ok: true,
    allows: (address) => {
      const plain = plainAddress(address);
      const family = isIP(plain);
      if (family === 0) return false;
      const kind = family === 4 ? 'ipv4' : 'ipv6';
      return lists[kind].check(plain, kind);
    },
  };
}

function addEntry(lists: Readonly<Record<'ipv4' | 'ipv6', BlockList>>, entry: string): string | null {
  const [text = '', bits, ...rest] = entry.split('/');
  const address = plainAddress(text);
  const family = isIP(address);
  if (family === 0 || rest.length > 0 || text.includes('%')) {
    return `"${entry}" is not an IP address or a CIDR range such as 203.0.113.0/24 or 2001:db8::/32`;
  }
  const kind = family === 4 ? 'ipv4' : 'ipv6';
  if (bits === undefined) {
    lists[kind].addAddress(address, kind);
    return null;
  }
  // The length of a mapped range counts from the start of the IPv6 address, 96 bits before the IPv4 one.
  const length = /^\d{1,3}$/.test(bits) ? Number(bits) - (address !== text && isIP(text) === 6 ? 96 : 0) : -1;
  const most = family === 4 ? 32 : 128;
  if (length < 0 || length > most) return `"${entry}" has a prefix length outside 0 to ${most}`;
  lists[kind].addSubnet(address, length, kind);
  return null;
}

/** A v4-mapped address, however it is spelled, as its IPv4 address; everything else as it is. */
export function plainAddress(address: string): string {
  if (!/:ffff:/i.test(address) || !isIPv6(address) || address.includes('%')) return address;
  // A URL knows one spelling for each address: the shortest, in hexadecimal.
  const mapped = /^\[::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/.exec(new URL(`http://[${address}]`).hostname);
  if (mapped?.[1] === undefined || mapped[2] === undefined) return address;
  const high = Number.parseInt(mapped[1], 16);
  const low = Number.parseInt(mapped[2], 16);
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
}

/**
 * Origins `scheme://host[:port]`; a leading `*.` stands for one or more labels, not for the bare domain. Only scheme,
 * host and port of the Referer count; a missing or unreadable one fails an active list.
 */
export function readRefererList(entries: readonly string[]): AllowlistReading<RefererMatcher> {
  if (entries.length === 0) return { ok: true, allows: () => true };
  const origins: { scheme: string; host: string; port: string; wildcard: boolean }[] = [];
  for (const [index, entry] of entries.entries()) {
    const origin = readOrigin(entry);
    if (origin === null) {
      return {
        ok: false,
        index,
        message: `"${entry}" is not an origin such as https://app.example.com or https://*.example.com:8443`,
      };
    }
    origins.push(origin);
  }
  return {
    ok: true,
    allows: (referer) => {
      if (referer === undefined || !URL.canParse(referer)) return false;
      const url = new URL(referer);
      return origins.some(
        (origin) =>
          origin.scheme === url.protocol &&
          origin.port === url.port &&
          (origin.wildcard ? url.hostname.endsWith(`.${origin.host}`) : url.hostname === origin.host),
      );
    },
  };
}

function readOrigin(entry: string): { scheme: string; host: string; port: string; wildcard: boolean } | null {
  const match = /^(https?:\/\/)(\*\.)?([^/?#@*\s]+)$/i.exec(entry);
  if (match?.[1] === undefined || match[3] === undefined) return null;
  const text = match[1] + match[3];
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  // The URL parser drops a default port, so both of its spellings are equal here.
  return { scheme: url.protocol, host: url.hostname, port: url.port, wildcard: match[2] !== undefined };
}
