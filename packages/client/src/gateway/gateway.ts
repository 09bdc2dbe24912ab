/** Live and test modes for an API of your own, with an Interlock server that knows the keys. */
export { type GateDatabase, gateTables } from './database.ts';
export type { EffectRule } from './effects.ts';
export { expressGate } from './express.ts';
export { fastifyGate } from './fastify.ts';
export { type Admission, createGate, type Gate, type GateContext, type GateOptions, type GateRequest } from './gate.ts';
export { honoGate } from './hono.ts';
export { createIdempotencyStore, type IdempotencyStore, type KeptAnswer } from './idempotency.ts';
export { type KeyServer, type KeyUse, type KeyVerdict, verifyKey } from './verify-key.ts';
