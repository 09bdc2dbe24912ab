/** What a customer's page is reached by: its number, with or without a decorative slug, or its slug. */
export function readRef(ref: string): { readonly displayId: string } | { readonly slug: string } {
  const [, displayId] = /^(\d+)(?:-.*)?$/.exec(ref) ?? [];
  return displayId === undefined ? { slug: ref } : { displayId };
}
