import { Type } from 'typebox';
import { modes } from '../core/mode.ts';
import { roles } from './roles.ts';

export const idSchema = Type.String({ minLength: 1, maxLength: 64 });
export const nameSchema = Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' });
export const emailSchema = Type.String({ minLength: 3, maxLength: 254 });
export const modeSchema = Type.Union(modes.map((mode) => Type.Literal(mode)));
export const roleSchema = Type.Union(roles.map((role) => Type.Literal(role)));
export const wordSchema = Type.String({ minLength: 1, maxLength: 200 });

export const pageSchema = {
  limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
  cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 400 })),
};
