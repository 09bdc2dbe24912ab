/** Whether a request may speak to the MCP server, as far as its address and headers tell. */
export type Access = { readonly ok: true } | { readonly ok: false; readonly why: string };

/**
 * A page in a browser is not an MCP client. One of another site is told by its `Origin`, and one whose name was made to
 * resolve to this machine (DNS rebinding) by a `Host` that this server does not have.
 *
 * @param address the caller's
 * @param publicUrl where this server is reached
 */
export function decideAccess(request: {
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly address: string;
  readonly publicUrl: string;
}): Access {
  const own = new URL(request.publicUrl);
  const { origin } = request;
  if (origin !== undefined && !isOwn(origin, own)) {
    return { ok: false, why: `The origin ${shown(origin)} may not call this server; only pages of ${own.origin} may.` };
  }
  // Another machine cannot be tricked into calling its own loopback address, and what a proxy puts there is its affair.
  if (!isLoopbackAddress(request.address)) return { ok: true };
  const name = request.host === undefined ? null : readOrigin(`http://${request.host}`)?.hostname;
  if (name === undefined || (name !== null && name !== own.hostname && !isLoopbackName(name))) {
    const why = `The Host header ${shown(request.host ?? '')} is not a name of this server; set PUBLIC_URL to the address that callers use.`;
    return { ok: false, why };
  }
  return { ok: true };
}

function isOwn(origin: string, own: URL): boolean {
  const sent = readOrigin(origin);
  if (sent === undefined) return false;
  if (sent.origin === own.origin) return true;
  return (
    isLoopbackName(sent.hostname) &&
    isLoopbackName(own.hostname) &&
    sent.port === own.port &&
    sent.protocol === own.protocol
  );
}

function readOrigin(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

function isLoopbackName(name: string): boolean {
  return name === 'localhost' || name === '[::1]' || /^127(\.\d+){3}$/.test(name);
}

function isLoopbackAddress(address: string): boolean {
  return address === '::1' || /^127(\.\d+){3}$/.test(address);
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 200));
}
