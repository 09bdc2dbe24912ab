/** What a deletion answers, the first time and again (specification 3.2). */
export function deletedView({ id, display_id }: { readonly id: string; readonly display_id: number }) {
  return { object: 'deleted' as const, id, display_id, deleted: true as const };
}
