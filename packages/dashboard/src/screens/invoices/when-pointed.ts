import type { MouseEvent } from 'react';

/** Hears of a pointer that is moved onto something; not of what scrolls below a pointer that rests. */
export function whenPointed(act: () => void): { readonly onMouseMove: (event: MouseEvent) => void } {
  return { onMouseMove: ({ movementX, movementY }) => (movementX !== 0 || movementY !== 0) && act() };
}
