/**
 * Clients of the Interlock services, the verification of what they send, and modes for an API of your own.
 *
 * Nothing here depends on a package or on Node: it runs wherever `fetch` and WebCrypto do.
 */
export {
  type AnswerFacts,
  type Call,
  type CallOptions,
  type ClientOptions,
  createCalls,
  type PagedCall,
  type ServiceClient,
  type StreamCall,
  type WireOperation,
  type WireService,
} from './calls.ts';
export { ApiError, ConnectionError, InterlockError, ModeError, type Refusal } from './errors.ts';
export type { StreamEvent } from './events.ts';
export { type KeyReading, type KeyShape, type Mode, readKey, requireModeOf } from './mode.ts';
export * from './services/index.ts';
export {
  expressWebhook,
  fastifyWebhook,
  honoWebhook,
  nextPagesWebhook,
  nextWebhook,
  type VerifiedWebhook,
  verifyNodeRequest,
  verifyRequest,
} from './webhooks/adapters.ts';
export type { SchemeName } from './webhooks/schemes.ts';
export {
  type ReceivedWebhook,
  verifyWebhook,
  type WebhookFault,
  type WebhookOptions,
  type WebhookVerdict,
} from './webhooks/verify-webhook.ts';
