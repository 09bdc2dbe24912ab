import { describe, expect, it } from 'vitest';
import { decidePace } from './pace.ts';

describe('the pace of late work', () => {
  it.each([
    { slots: 32, lateMs: 0.5, next: 33, why: 'grows by one while the loop is free' },
    { slots: 256, lateMs: 0.5, next: 256, why: 'never beyond all slots' },
    { slots: 100, lateMs: 9, next: 70, why: 'shrinks at once when the loop is late' },
    { slots: 5, lateMs: 50, next: 4, why: 'never to a standstill' },
  ])('$why', ({ slots, lateMs, next }) => {
    expect(decidePace(slots, lateMs, 256)).toBe(next);
  });
});
