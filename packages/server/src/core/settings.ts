/** A value that the environment may set, declared once: reading, checking and the reference page come from it. */
export type Setting =
  | {
      readonly kind: 'integer';
      readonly env: string;
      readonly default: number;
      readonly minimum: number;
      readonly maximum: number;
      readonly description: string;
    }
  | {
      readonly kind: 'text';
      readonly env: string;
      readonly default: string;
      readonly pattern?: RegExp;
      readonly description: string;
    }
  | { readonly kind: 'secret'; readonly env: string; readonly description: string };

export type Settings = Readonly<Record<string, Setting>>;

type ValueOf<S extends Setting> = S extends { kind: 'integer' }
  ? number
  : S extends { kind: 'secret' }
    ? Buffer
    : string;

/** What a service receives for its declared settings. A secret is its 32 bytes. */
export type SettingValues<S extends Settings> = { readonly [K in keyof S]: ValueOf<S[K]> };

export function integerSetting<const S extends Omit<Extract<Setting, { kind: 'integer' }>, 'kind'>>(setting: S) {
  return { kind: 'integer', ...setting } as const;
}

export function textSetting<const S extends Omit<Extract<Setting, { kind: 'text' }>, 'kind'>>(setting: S) {
  return { kind: 'text', ...setting } as const;
}

/** 32 bytes as 64 hexadecimal characters; generated in development, required in production. */
export function secretSetting<const S extends Omit<Extract<Setting, { kind: 'secret' }>, 'kind'>>(setting: S) {
  return { kind: 'secret', ...setting } as const;
}
