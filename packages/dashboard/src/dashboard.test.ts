import { afterAll, beforeAll, expect } from 'vitest';
import { tellOfAccess } from './stories/access.ts';
import { tellOfInvoices } from './stories/invoices.ts';
import { tellOfKeys } from './stories/keys.ts';
import { tellOfLists } from './stories/lists.ts';
import { tellOfOnboarding } from './stories/onboarding.ts';
import { tellOfRandomness } from './stories/randomness.ts';
import { tellOfSafety } from './stories/safety.ts';
import { tellOfScheduler } from './stories/scheduler.ts';
import { tellOfSession } from './stories/session.ts';
import { tellOfSettings } from './stories/settings.ts';
import { openStage, type Stage } from './testing/stage.ts';

/** All stories in one file, so that they share one server and one browser. */
let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
}, 120_000);
afterAll(async () => {
  await stage?.close();
  expect(stage?.complaints ?? []).toEqual([]);
});

const onStage = () => stage;

tellOfSession(onStage);
tellOfKeys(onStage);
tellOfScheduler(onStage);
tellOfRandomness(onStage);
tellOfOnboarding(onStage);
tellOfInvoices(onStage);
tellOfSettings(onStage);
tellOfLists(onStage);
tellOfSafety(onStage);
tellOfAccess(onStage);
