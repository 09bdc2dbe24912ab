import { lookup, Resolver } from 'node:dns/promises';

/** The addresses of a host name. Rejects when there are none. */
export type Resolve = (hostname: string) => Promise<readonly string[]>;

/**
 * Asks the name servers themselves, A and AAAA at once. The system's resolver would answer on one of Node's four worker
 * threads, where a few names whose servers keep silent hold up every other name.
 */
export function createNameServerResolve(servers?: readonly string[]): Resolve {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  if (servers !== undefined) resolver.setServers(servers);
  return async (hostname) => {
    const [v4, v6] = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
    const addresses = [v4, v6].flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    if (addresses.length === 0) throw v4.status === 'rejected' ? v4.reason : new Error('no addresses');
    return addresses;
  };
}

/** Asks as the machine does: hosts file and search domains too, where the names of a closed network are. */
export const systemResolve: Resolve = async (hostname) => {
  const answers = await lookup(hostname, { all: true });
  return answers.map(({ address }) => address);
};

/** One question for all who ask for the same name at the same time. */
export function shareQuestions(resolve: Resolve): Resolve {
  const asked = new Map<string, Promise<readonly string[]>>();
  return (hostname) => {
    const running = asked.get(hostname);
    if (running !== undefined) return running;
    const question = resolve(hostname).finally(() => asked.delete(hostname));
    asked.set(hostname, question);
    return question;
  };
}
