import { describe, expect, it } from 'vitest';
import { decidePace } from './pace.ts';

describe('the pace of late work', () => {
  it.each([
    { allowed: 32, left: 0, lateMs: 0.5, next: 33, why: 'grows by one while the loop is free' },
    { allowed: 32, left: 5, lateMs: 0.5, next: 32, why: 'stays where it was not used up' },
    { allowed: 256, left: 0, lateMs: 0.5, next: 256, why: 'never grows beyond all slots' },
    { allowed: 100, left: 100, lateMs: 9, next: 70, why: 'shrinks at once when the loop is late' },
    { allowed: 2, left: 0, lateMs: 50, next: 2, why: 'never comes to a standstill' },
    { allowed: 32, left: 0, busy: 0.9, next: 33, why: 'takes the whole loop where nothing leaves on time' },
    { allowed: 32, left: 0, busy: 0.9, isAwaited: true, next: 22, why: 'leaves most of it to what does' },
    { allowed: 32, left: 0, busy: 0.3, isAwaited: true, next: 33, why: 'grows beside it as well' },
  ])('$why', ({ allowed, left, lateMs = 0, busy = 0, isAwaited = false, next }) => {
    expect(decidePace(allowed, { left, lateMs, busy, isAwaited }, 256)).toBe(next);
  });
});
