import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** What may be reached besides the public internet, and what may not be reached at all. */
export interface EgressPolicy {
  /** Plain http, loopback and private addresses, local names: for development and closed networks. */
  readonly allowPrivateTargets: boolean;
  /** The service's own hosts, as `host` or `host:port`, in lower case. */
  readonly deniedHosts: readonly string[];
}

/** Where a request goes, as the URL parser of the web reads it. */
export interface Target {
  readonly origin: string;
  readonly hostname: string;
  readonly port: number;
  /** Path and query as on the request line. */
  readonly path: string;
}

export interface EgressRefusal {
  readonly ok: false;
  readonly code: 'url_blocked';
  /** A sentence that says what would be accepted. */
  readonly message: string;
}

const maxUrlLength = 2_048;

/** Ports above 1023 where databases, caches and orchestrators listen that trust whoever can reach them. */
const deniedPorts = new Set([
  1433, 1521, 2049, 2181, 2375, 2376, 2379, 2380, 3306, 4243, 5432, 5984, 6379, 6443, 7000, 7001, 8086, 9042, 9092,
  9200, 9300, 10250, 10255, 11211, 26257, 27017, 27018, 28017, 50070,
]);

/** Names that mean another machine, or none, depending on where they are asked (RFC 6761, 6762, 8375; ICANN's `.internal`). */
const localName = /(^|\.)(localhost|local|localdomain|internal|intranet|lan|home\.arpa)$/;

/**
 * Reads the URL of an endpoint and says whether requests may go there. It looks at the text as well as at what the URL
 * parser makes of it, because the parser turns `https://2130706433/` and `https://0x7f.1/` into plain addresses. What a
 * name resolves to is for `checkAddress`, at every connection.
 *
 * @see https://cheatsheetseries.owasp.org/cheatsheets/Server_Side_Request_Forgery_Prevention_Cheat_Sheet.html
 */
export function checkTarget(
  url: string,
  policy: EgressPolicy,
): { readonly ok: true; readonly target: Target } | EgressRefusal {
  const message = refuseText(url, policy);
  if (message !== null) return refusal(message);
  if (!URL.canParse(url)) return refusal('The host of the URL cannot be read; write https://example.com/path.');
  const parsed = new URL(url);
  const port = parsed.port === '' ? defaultPort(parsed.protocol) : Number(parsed.port);
  const wrong =
    refuseHost(hostText(url), parsed.hostname, policy) ??
    refusePort(port, parsed.protocol) ??
    (isDenied(parsed.hostname, port, policy)
      ? 'The URL points to this service itself; use the URL of your own.'
      : null);
  if (wrong !== null) return refusal(wrong);
  const { origin, hostname } = parsed;
  return { ok: true, target: { origin, hostname, port, path: parsed.pathname + parsed.search } };
}

/**
 * Says why a connection to this address is refused, or `null`. An IPv4 address inside an IPv6 one is judged as itself.
 * The address is not in the message: whoever owns the endpoint shall not learn what a name means in our network.
 *
 * @see https://www.iana.org/assignments/iana-ipv4-special-registry and iana-ipv6-special-registry
 */
export function checkAddress(address: string, port: number, policy: EgressPolicy): EgressRefusal | null {
  const kind = addressKind(address);
  const host = isIP(address) === 6 ? `[${address}]` : address;
  if (isDenied(host, port, policy)) return refusal('The host leads to this service itself; use the URL of your own.');
  if (kind === 'public') return null;
  if (kind === 'private' && policy.allowPrivateTargets) return null;
  return refusal(
    kind === 'private'
      ? 'The host has a private or loopback address; use one that the internet can reach. A server of your own can permit it with INTERLOCK_ALLOW_PRIVATE_TARGETS.'
      : 'The host has an address that is reserved and cannot be delivered to; use one that the internet can reach.',
  );
}

/** The ports of mail: relay, submission with implicit TLS, submission (RFC 8314), and the one that providers add. */
const mailPorts = new Set([25, 465, 587, 2525]);

/** Why mail may not be handed to this server, as a sentence; `null` when it may. What a name resolves to is for `checkAddress`. */
export function mailServerProblem(
  host: string,
  port: number,
  isEncrypted: boolean,
  policy: EgressPolicy,
): string | null {
  const name = host.toLowerCase();
  const written = isIP(name) === 6 ? `[${name}]` : name;
  if (!isEncrypted && !policy.allowPrivateTargets) return 'Mail is handed over encrypted only; choose tls or starttls.';
  if (port > 65_535 || (!mailPorts.has(port) && (port < 1_024 || deniedPorts.has(port)))) {
    return `Mail is not handed over at port ${port}; use 587, 465 or 25.`;
  }
  if (!URL.canParse(`smtp://${written}`)) return 'The host cannot be read; write mail.example.com.';
  const wrong = refuseHost(written, new URL(`http://${written}`).hostname, policy);
  if (wrong !== null) return wrong.replace('The host of the URL', 'The host');
  return isDenied(written, port, policy) ? 'The host is this service itself; use that of your mail server.' : null;
}

function refusal(message: string): EgressRefusal {
  return { ok: false, code: 'url_blocked', message };
}

/** What can be said before the URL parser, which would repair some of it in silence. */
function refuseText(url: string, policy: EgressPolicy): string | null {
  if (url.length > maxUrlLength) return `The URL is longer than ${maxUrlLength} characters; shorten it.`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there.
  if (/[\u0000-\u0020\u007f\\]/.test(url)) {
    return 'The URL contains a space, a backslash or a control character; percent-encode it.';
  }
  const scheme = /^([a-z][a-z0-9+.-]*):\/\/[^/?#]/i.exec(url)?.[1]?.toLowerCase();
  if (scheme === undefined) return 'The URL is not absolute; write https://example.com/path.';
  if (scheme !== 'https' && !(scheme === 'http' && policy.allowPrivateTargets)) {
    return 'Only https URLs are delivered to; write https:// at the start.';
  }
  if (authority(url).includes('@')) return 'The URL contains a user name or password; send them in a header.';
  if (url.includes('#')) return 'The URL contains a fragment, which is never sent; leave out the # and what follows.';
  return null;
}

function refuseHost(written: string, hostname: string, policy: EgressPolicy): string | null {
  if (written.includes('%')) return 'The host of the URL is percent-encoded; write it plainly.';
  const address = hostname.replace(/^\[(.*)\]$/, '$1');
  if (isIP(address) !== 0) {
    if (isIP(address) === 4 && written !== hostname) {
      return 'The host of the URL is an address in disguise; write it as four decimal numbers, or use a name.';
    }
    const kind = addressKind(address);
    if (kind === 'public' || (kind === 'private' && policy.allowPrivateTargets)) return null;
    return 'The host of the URL is a private or reserved address; use one that the internet can reach.';
  }
  if (hostname.endsWith('.')) return 'The host of the URL ends in a dot; leave it out.';
  if (policy.allowPrivateTargets) return null;
  if (localName.test(hostname) || !hostname.includes('.')) {
    return 'The host of the URL is a local name; use one that the internet can reach.';
  }
  return null;
}

function refusePort(port: number, protocol: string): string | null {
  if (port === defaultPort(protocol)) return null;
  if (port >= 1_024 && !deniedPorts.has(port)) return null;
  return `Port ${port} is not delivered to; use 443, or one from 1024 on where no database listens.`;
}

function defaultPort(protocol: string): number {
  return protocol === 'https:' ? 443 : 80;
}

function isDenied(host: string, port: number, policy: EgressPolicy): boolean {
  return policy.deniedHosts.some((denied) => denied === host || denied === `${host}:${port}`);
}

function authority(url: string): string {
  return /^[^:]*:\/\/([^/?#]*)/.exec(url)?.[1] ?? '';
}

/** The host as it was written, without its port. */
function hostText(url: string): string {
  return authority(url).replace(/:\d*$/, '');
}

/** Cloud metadata at addresses that are not link-local: AWS and Google on IPv6, Azure on a public IPv4 address. */
const metadata = new Set(['fd00:ec2::254', 'fd20:ce::254', '168.63.129.16']);
/** The only IPv6 addresses that are assigned to hosts of the internet (RFC 4291, IANA's IPv6 address space). */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3');
/** How a translator to IPv4 is addressed; its last 32 bits are the IPv4 address (RFC 6052, section 2.1). */
const wellKnownNat64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96');

function addressKind(address: string): 'public' | 'private' | 'reserved' {
  // A zone id names an interface of this machine.
  if (isIP(address) === 0 || address.includes('%')) return 'reserved';
  const ip = embedded(ipaddr.process(plainText(address)));
  if (metadata.has(ip.toString())) return 'reserved';
  const range = ip.range();
  if (range === 'loopback' || range === 'private' || range === 'uniqueLocal') return 'private';
  if (range !== 'unicast') return 'reserved';
  return ip instanceof ipaddr.IPv4 || ip.match(globalUnicast) ? 'public' : 'reserved';
}

/** ipaddr.js takes `::8.8.8.8` for a mapped address; in the one spelling that a URL knows there is no such doubt. */
function plainText(address: string): string {
  return isIP(address) === 6 ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address;
}

function embedded(ip: ipaddr.IPv4 | ipaddr.IPv6): ipaddr.IPv4 | ipaddr.IPv6 {
  return ip instanceof ipaddr.IPv6 && ip.match(wellKnownNat64) ? new ipaddr.IPv4(ip.toByteArray().slice(12)) : ip;
}
