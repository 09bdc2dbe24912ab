import type { Service } from '../core/service.ts';
import { invoices } from './invoices/service.ts';
import { onboarding } from './onboarding/service.ts';
import { randomness } from './randomness/service.ts';
import { scheduler } from './scheduler/service.ts';

/** The services of this server. Deleting a line and its folder removes one. */
export const services: readonly Service[] = [randomness, scheduler, onboarding, invoices];
