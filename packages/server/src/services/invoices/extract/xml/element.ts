/** One element of a document, without what no invoice needs: comments, instructions, prefixes. */
export interface XmlElement {
  /** The local name. */
  readonly name: string;
  readonly namespace: string;
  /** By local name. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** Its own text, trimmed. */
  readonly text: string;
  readonly line: number;
}

export function childOf(element: XmlElement | undefined, ...path: readonly string[]): XmlElement | undefined {
  let at = element;
  for (const name of path) at = at?.children.find((child) => child.name === name);
  return at;
}

export function childrenOf(element: XmlElement | undefined, ...path: readonly string[]): XmlElement[] {
  let at = element === undefined ? [] : [element];
  for (const name of path) at = at.flatMap((each) => each.children.filter((child) => child.name === name));
  return at;
}

/** The text at a path, with inner runs of white space kept; what is empty is absent. */
export function textAt(element: XmlElement | undefined, ...path: readonly string[]): string | null {
  const text = childOf(element, ...path)?.text;
  return text === undefined || text === '' ? null : text;
}
