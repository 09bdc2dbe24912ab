import { Type } from 'typebox';
import { error } from './contract.ts';
import { nullable } from './schemas.ts';
import { readWhen, type SpokenTiming } from './spoken-time.ts';
import type { TimingFields } from './timing.ts';
import { readZone } from './zone.ts';

/** The input that says a time in words. */
export const whenInput = {
  when: Type.Optional(
    nullable(
      Type.String({ examples: ['in 2 hours', 'tomorrow at 9am', 'every weekday at 09:00'] }),
      'A time in words, instead of a timing field.',
    ),
  ),
};

/** The timing fields that mean what was said in words; as they are where nothing was. */
export function readSpoken<Fields extends TimingFields & { readonly when?: string | null | undefined }>(
  { when = null, ...fields }: Fields,
  now: number,
): Omit<Fields, 'when'> & TimingFields {
  if (when === null) return fields;
  const given = (['delay', 'fire_at', 'local_fire_at', 'cron'] as const).find(
    (name) => (fields[name] ?? null) !== null,
  );
  if (given !== undefined) {
    throw error('multiple_timing', `when and ${given} exclude each other; send one of them.`, { param: given });
  }
  const zone = readZone(fields.timezone ?? 'UTC');
  if ('problem' in zone) throw error('invalid_cron', `${zone.problem}.`, { param: 'timezone' });
  const reading = readWhen(when, { now, zone });
  if (!reading.ok) throw error('invalid_when', `${reading.message}.`, { param: 'when' });
  const spoken: SpokenTiming = reading.timing;
  return { ...fields, ...spoken };
}
