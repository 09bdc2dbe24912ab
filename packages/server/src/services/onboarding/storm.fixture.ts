import type { Answer, Caller } from '../../testing/harness.ts';
import { patch, remove } from './onboarding.fixture.ts';

/** What one storm has made so far, for its next calls to refer to. */
interface Made {
  readonly customers: string[];
  readonly contacts: string[];
  readonly onboardings: string[];
}

const statuses = ['onboarding', 'active', 'at_risk', 'churned', 'archived'];
const phases = ['program_design', 'review', 'program_buildout', 'internal_qa', 'launch', 'completed'];
const states = ['active', 'paused', 'at_risk', 'waiting'];

/**
 * Makes random calls, good and bad, one after the other; the same seed makes the same ones.
 *
 * @param name what keeps its slugs apart from those of another storm
 */
export async function storm(caller: Caller, name: string, calls: number, seed: number): Promise<Map<number, number>> {
  const random = mulberry32(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const made: Made = { customers: [], contacts: [], onboardings: [] };
  const answered = new Map<number, number>();
  const keep = (list: string[], { status, body }: Answer): void => {
    if (status === 201) list.push(body.id);
  };
  const call = async (number: number): Promise<Answer> => {
    const kind = random();
    const customer = pick(made.customers) ?? 'nobody';
    if (made.customers.length === 0 || kind < 0.2) {
      const answer = await caller.post('/api/v1/customers', {
        name: `Customer ${number}`,
        slug: `${name}-${number}`,
        ...(random() < 0.5 ? { domain: `c${number}.example` } : {}),
        ...(random() < 0.3 ? { stripe_customer_id: `cus_${number}` } : {}),
        ...(random() < 0.3 ? { slack_channel_id: 'C024BE91L' } : {}),
      });
      keep(made.customers, answer);
      return answer;
    }
    if (kind < 0.35)
      return patch(caller, `/api/v1/customers/${customer}`, { status: pick(statuses), plan: `p${number}` });
    if (kind < 0.5) {
      const contact = { name: 'Ann', email: `ann${number}@c.example`, is_primary: random() < 0.5 };
      const answer = await caller.post(`/api/v1/customers/${customer}/contacts`, contact);
      keep(made.contacts, answer);
      return answer;
    }
    if (kind < 0.62) {
      const answer = await caller.post('/api/v1/onboardings', { customer_id: customer });
      keep(made.onboardings, answer);
      return answer;
    }
    const onboarding = pick(made.onboardings) ?? 'none';
    if (kind < 0.78) return patch(caller, `/api/v1/onboardings/${onboarding}`, { phase: pick(phases) });
    if (kind < 0.88) return patch(caller, `/api/v1/onboardings/${onboarding}`, { state: pick(states) });
    if (kind < 0.91) return remove(caller, `/api/v1/contacts/${pick(made.contacts) ?? 'none'}`);
    if (kind < 0.93) return remove(caller, `/api/v1/onboardings/${onboarding}`);
    if (kind < 0.94) return remove(caller, `/api/v1/customers/${customer}`);
    if (kind < 0.96) return patch(caller, `/api/v1/customers/${customer}`, { status: 'lost' });
    return caller.get(`/api/v1/customers/${customer}/activity`);
  };
  for (let number = 0; number < calls; number++) {
    const { status } = await call(number);
    answered.set(status, (answered.get(status) ?? 0) + 1);
  }
  return answered;
}

/** A small generator whose numbers follow from its seed. @see https://github.com/cprosche/mulberry32 */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
