/** What a path or a field names a resource by: its short number, or its id. */
export type Ref = { readonly displayId: number } | { readonly id: string };

/** All digits are the short number, anything else is the id (specification 2.1, ID-1). A slug is neither. */
export function readRef(text: string | number): Ref {
  if (!/^\d+$/.test(String(text))) return { id: String(text) };
  const displayId = Number(text);
  // No number is that large, so this one names nothing.
  return { displayId: Number.isSafeInteger(displayId) ? displayId : 0 };
}
