import { Client, type ClientConfig } from 'pg';

export interface Listener {
  /** Whether notifications arrive at this moment. */
  readonly connected: boolean;
  /** Resolves at the first connection. */
  readonly ready: Promise<void>;
  close(): Promise<void>;
}

/** What listens where the engine has no notifications: never connected, so that everybody asks again in time. */
export const deaf: Listener = { connected: false, ready: Promise.resolve(), close: async () => {} };

/**
 * Keeps one connection that listens, and opens it again when it is lost. After each (re)connection `onGap` is called,
 * since what was notified meanwhile is gone.
 */
export function listen(
  config: ClientConfig,
  channel: string,
  onMessage: (payload: string) => void,
  onGap: () => void,
): Listener {
  let client: Client | undefined;
  let connected = false;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let resolveReady: () => void = () => {};
  const ready = new Promise<void>((resolve) => {
    resolveReady = resolve;
  });

  const connect = async (delayMs: number): Promise<void> => {
    if (closed) return;
    const next = new Client({ ...config, keepAlive: true, connectionTimeoutMillis: 5_000 });
    client = next;
    let lost = false;
    const lose = (): void => {
      if (lost) return;
      lost = true;
      connected = false;
      next.removeAllListeners('notification');
      void next.end().catch(() => {});
      if (!closed) timer = setTimeout(() => void connect(Math.min(delayMs * 2, 2_000)), delayMs);
    };
    next.on('error', lose);
    next.on('end', lose);
    next.on('notification', (message) => onMessage(message.payload ?? ''));
    try {
      await next.connect();
      await next.query(`listen ${channel}`);
      if (lost || closed) return;
      connected = true;
      delayMs = 50;
      onGap();
      resolveReady();
    } catch {
      lose();
    }
  };
  void connect(50);

  return {
    get connected() {
      return connected;
    },
    ready,
    async close() {
      closed = true;
      connected = false;
      clearTimeout(timer);
      await client?.end().catch(() => {});
    },
  };
}
