import type { Finding } from '../extraction.ts';
import { childrenOf, textAt, type XmlElement } from './element.ts';

/** A rule about the document as it is written, before it becomes terms. */
export interface StructureRule {
  readonly id: string;
  /** The field by its path in the record. */
  readonly place: string;
  readonly severity: Finding['severity'];
  readonly says: string;
  /** The elements that it is about, `undefined` among them for the document itself. */
  readonly holds: (root: XmlElement) => boolean;
}

export function checkStructure(root: XmlElement, rules: readonly StructureRule[]): Finding[] {
  return rules
    .filter((rule) => !rule.holds(root))
    .map(({ id, place, severity, says }) => ({ rule: id, severity, place, message: says }));
}

/** What stands at a path at most once, under each element that another path leads to. */
export function atMostOnce(id: string, place: string, says: string, under: string, path: string): StructureRule {
  return {
    id,
    place,
    severity: 'error',
    says,
    holds: (root) => at(root, under).every((parent) => at(parent, path).length <= 1),
  };
}

export function demand(id: string, place: string, says: string, holds: (root: XmlElement) => boolean): StructureRule {
  return { id, place, severity: 'error', says, holds };
}

/** Elements at a path of names apart by slashes; the empty path is the element itself. */
export function at(element: XmlElement, path: string): XmlElement[] {
  return path === '' ? [element] : childrenOf(element, ...path.split('/'));
}

/** Every element of a document, from the root down. */
export function* everyElement(root: XmlElement): Generator<XmlElement> {
  const left = [root];
  for (let element = left.pop(); element !== undefined; element = left.pop()) {
    yield element;
    for (const child of element.children) left.push(child);
  }
}

/** The different texts at a path. */
export function differentTexts(root: XmlElement, path: string): number {
  return new Set(at(root, path).flatMap((element) => textAt(element) ?? [])).size;
}
