import { useState } from 'react';

/** A choice that this browser remembers. */
export function useKept(name: string, otherwise: boolean): [boolean, (value: boolean) => void] {
  const [value, setValue] = useState(() => {
    try {
      return JSON.parse(localStorage.getItem(name) ?? String(otherwise)) === true;
    } catch {
      return otherwise;
    }
  });
  return [
    value,
    (next) => {
      setValue(next);
      try {
        localStorage.setItem(name, String(next));
      } catch {
        // Where storage is forbidden, the choice holds until the page is left.
      }
    },
  ];
}
