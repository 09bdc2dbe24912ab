import { type ReactNode, useEffect } from 'react';
import type { Mode } from '../console/types.ts';

/** Names the screen in the title of its window, with test mode first: the end of a title is what tabs cut off. */
export function useTitle(heading: ReactNode, mode: Mode = 'live'): void {
  const text = [heading].flat().join('').trim();
  useEffect(() => {
    document.title = [...(mode === 'test' ? ['TEST'] : []), text, 'Interlock'].filter(Boolean).join(' · ');
  }, [text, mode]);
}
