import type { ChannelTransport } from '../dispatch/channels/channel-transport.ts';

/**
 * A channel that is loaded when its first message leaves: the libraries of all of them take 20 MB, and most servers
 * connect none.
 */
export function onFirstUse(load: () => Promise<ChannelTransport>): ChannelTransport {
  let loading: Promise<ChannelTransport> | undefined;
  return {
    async send(message) {
      loading ??= load();
      return (await loading).send(message);
    },
    async close() {
      await (await loading)?.close();
    },
  };
}
