/** A piece of XML; `null` and `undefined` are nothing. */
export type Markup = string | null | undefined | readonly Markup[];

/** An element with what is in it; with nothing in it, nothing. */
export function tag(name: string, ...content: readonly Markup[]): string {
  const inside = joined(content);
  const closing = name.split(' ')[0];
  return inside === '' ? '' : `<${name}>${inside}</${closing}>`;
}

/** Text, escaped. */
export function words(text: string | null | undefined): string | null {
  return text == null
    ? null
    : text.replace(
        /[&<>"]/g,
        (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[character] ?? '',
      );
}

function joined(markup: Markup): string {
  if (markup === null || markup === undefined) return '';
  return typeof markup === 'string' ? markup : markup.map(joined).join('');
}
