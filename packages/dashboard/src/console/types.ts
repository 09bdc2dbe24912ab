export const modes = ['live', 'test'] as const;
export type Mode = (typeof modes)[number];
export type Role = 'member' | 'admin' | 'owner';

export interface Workspace {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
}

export interface Member {
  readonly id: string;
  readonly personId: string;
  readonly role: Role;
  readonly name: string;
  readonly email: string;
  readonly joinedAt: number;
}

export interface Me {
  readonly person: { readonly id: string; readonly name: string; readonly email: string };
  readonly workspaces: readonly Workspace[];
  readonly active: Workspace | null;
}

export interface ServiceInfo {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly basePath: string;
  readonly prefix: Readonly<Record<Mode, string>>;
  readonly header: string;
  readonly scopes: Readonly<Record<string, string>>;
  readonly modes: {
    readonly data: Readonly<Record<Mode, 'isolated' | 'shared' | 'pure'>>;
    readonly effects: Readonly<Record<string, Readonly<Record<Mode, 'deliver' | 'suppress' | 'refuse'>>>>;
    readonly limits: Readonly<Record<Mode, LimitRule>>;
  };
  readonly webhooks: {
    readonly events: Readonly<Record<string, string>>;
    readonly subject: string | null;
    readonly maxEndpoints: number;
  } | null;
  /** What it can list by pages without being asked for more. */
  readonly lists: readonly ServiceList[];
}

/** How requests are counted. */
export interface LimitRule {
  readonly per: 'key' | 'address';
  readonly windowMs: number;
  readonly also?: { readonly windowMs: number };
}

export interface ServiceList {
  readonly operation: string;
  readonly summary: string;
  readonly path: string;
  readonly items: string;
  readonly next: string;
  readonly maxLimit: number | null;
  readonly columns: readonly { readonly name: string; readonly description: string | null }[];
}

export interface ApiKey {
  readonly id: string;
  readonly service: string;
  readonly mode: Mode;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly prefix: string;
  readonly last4: string;
  /** The one that it acts for alone. */
  readonly boundTo: string | null;
  readonly allowedIps: readonly string[];
  readonly allowedReferers: readonly string[];
  /** What it is held to below what its plan allows. */
  readonly rateLimit: { readonly perMinute: number | null; readonly perHour: number | null } | null;
  readonly createdAt: number;
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
  readonly lastUsedAt: number | null;
  readonly usageCount: number;
}

export interface AuditEntry {
  readonly id: string;
  readonly mode: Mode;
  readonly at: number;
  readonly service: string;
  readonly operation: string | null;
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly code: string | null;
  readonly durationMs: number;
  readonly requestId: string;
  readonly caller: string;
  readonly keyId: string | null;
  readonly actor: string | null;
  readonly address: string;
  readonly suppressed: readonly { readonly name: string; readonly payload?: unknown }[];
  readonly idempotencyKey: string | null;
  readonly idempotentReplay: boolean;
  readonly event: string | null;
  readonly target: { readonly type: string; readonly id: string; readonly display_id?: number } | null;
  /** Of each field that changed, the value before and after. */
  readonly diff: Readonly<Record<string, readonly [before: unknown, after: unknown]>> | null;
}

export interface Effect {
  readonly id: string;
  readonly mode: Mode;
  readonly createdAt: number;
  readonly service: string;
  readonly name: string;
  readonly disposition: 'deliver' | 'suppress';
  readonly state: 'pending' | 'suppressed' | 'delivered' | 'failed' | 'unsubscribed';
  readonly payload: unknown;
  readonly requestId: string;
  readonly keyId: string | null;
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly cursor: string | null;
}
