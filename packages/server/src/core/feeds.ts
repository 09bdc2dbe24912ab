import type { Mode } from './mode.ts';
import type { Sealer } from './sealing.ts';

/** What the secret in the address of a feed says, to this server alone. */
export interface FeedAddress {
  readonly service: string;
  readonly workspaceId: string;
  readonly mode: Mode;
  /** The row that stands for it; without the row the address is good for nothing. */
  readonly feedId: string;
}

/** Other sealed texts are none of these. */
const owner = 'feed';

/** The secret in the address of a feed: encrypted and authenticated, so that it can be neither read nor made up. */
export function writeFeedSecret(sealer: Sealer, { service, workspaceId, mode, feedId }: FeedAddress): string {
  return sealer.seal(JSON.stringify([service, workspaceId, mode, feedId]), owner).toString('base64url');
}

/** What a secret says, or `null` for a text that this server did not write. */
export function readFeedSecret(sealer: Sealer, text: string): FeedAddress | null {
  try {
    const [service, workspaceId, mode, feedId] = JSON.parse(sealer.open(Buffer.from(text, 'base64url'), owner));
    return { service, workspaceId, mode, feedId };
  } catch {
    return null;
  }
}
