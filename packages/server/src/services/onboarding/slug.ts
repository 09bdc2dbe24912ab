export const slugPattern = '^[a-z0-9]+(-[a-z0-9]+)*$';
export const maxSlugLength = 80;

/** The slug of a name, such as `bright-future-tech` of "Bright Future Tech"; accents are dropped. */
export function slugOf(name: string): string {
  const words = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
  return cut(words.join('-'), maxSlugLength) || 'customer';
}

/** The same slug with something behind it, which others leave free. */
export function slugWith(slug: string, suffix: string | number): string {
  const tail = `-${suffix}`;
  return cut(slug, maxSlugLength - tail.length) + tail;
}

function cut(slug: string, length: number): string {
  return slug.slice(0, length).replace(/-+$/, '');
}
