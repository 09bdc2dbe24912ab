import { Redis } from 'ioredis';
import type { Logger } from 'pino';

/** Opens the Redis or Valkey in which several nodes share their limits. It may be away: memory counts meanwhile. */
export async function openRedis(url: string, log: Logger): Promise<{ client: Redis; close(): Promise<void> }> {
  const client = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    lazyConnect: true,
    // A server that holds its connections and answers nothing is away too: no request waits for it for long, and soon none.
    commandTimeout: 250,
    socketTimeout: 1_000,
  });
  let away = false;
  client.on('error', (error: Error) => {
    if (!away)
      log.warn({ err: error }, 'the Redis at REDIS_URL cannot be reached; limits are counted in memory meanwhile');
    away = true;
  });
  client.on('ready', () => {
    away = false;
  });
  await client.connect().catch(() => {});
  return {
    client,
    close: async () => {
      client.disconnect();
    },
  };
}
