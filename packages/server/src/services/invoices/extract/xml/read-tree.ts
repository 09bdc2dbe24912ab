import { SaxesParser, type SaxesTagNS } from 'saxes';
import { decodeXml } from './decode.ts';
import type { XmlElement } from './element.ts';
import { type Outcome, refuse, type XmlFailure } from './failure.ts';

export interface XmlBounds {
  readonly bytes: number;
  readonly depth: number;
  readonly elements: number;
  readonly attributesPerElement: number;
  readonly attributeLength: number;
  readonly nameLength: number;
}

/** Ten times what the largest invoices in the wild need: 10,000 lines are about 600,000 elements. */
export const XML_BOUNDS: XmlBounds = {
  bytes: 20 * 1024 * 1024,
  depth: 64,
  elements: 1_000_000,
  attributesPerElement: 64,
  attributeLength: 64 * 1024,
  nameLength: 256,
};

/**
 * Reads an XML document into a tree. Nothing is fetched and nothing is expanded but the five entities and the character
 * references of XML itself: a document type declaration, where the others would be declared, is refused.
 */
export function readXmlTree(bytes: Uint8Array, bounds: XmlBounds = XML_BOUNDS): Outcome<{ root: XmlElement }> {
  if (bytes.length === 0) return refuse('file.empty', 'The file is empty.');
  if (bytes.length > bounds.bytes) {
    return refuse('file.too_large', `The XML has ${bytes.length} bytes; at most ${bounds.bytes} are read.`);
  }
  const decoded = decodeXml(bytes);
  if (!decoded.ok) return decoded;
  try {
    return { ok: true, root: parse(decoded.text, bounds) };
  } catch (error) {
    if (error instanceof Refused) return { ok: false, failure: error.failure };
    if (error instanceof Error) return refuse('file.corrupt', `The XML is not well-formed: ${plain(error)}.`);
    throw error;
  }
}

/** Embedded files, in Base64: megabytes that no term is read from. */
const ATTACHED = new Set(['EmbeddedDocumentBinaryObject', 'AttachmentBinaryObject', 'Attachment']);

/** The parser reports by callback alone, so a refusal has to be thrown through it. */
class Refused extends Error {
  readonly failure: XmlFailure;
  constructor(failure: XmlFailure) {
    super(failure.message);
    this.failure = failure;
  }
}

interface OpenElement extends XmlElement {
  readonly children: OpenElement[];
  text: string;
}

function parse(text: string, bounds: XmlBounds): XmlElement {
  const parser = new SaxesParser({ xmlns: true, position: true });
  const open: OpenElement[] = [];
  const texts: string[][] = [];
  let root: OpenElement | undefined;
  let elements = 0;
  const limit = (message: string): never => {
    throw new Refused({ code: 'file.too_complex', message: `${message} (line ${parser.line}).` });
  };
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('doctype', () => {
    throw new Refused({
      code: 'file.hostile',
      message: 'The document has a document type declaration (DOCTYPE), which is never read. Send it without.',
    });
  });
  // The parser compares each attribute with all before it: half a million would take it many seconds.
  let attributes = 0;
  parser.on('opentagstart', () => {
    attributes = 0;
  });
  parser.on('attribute', (attribute) => {
    attributes += 1;
    if (attributes > bounds.attributesPerElement) {
      limit(`An element has more than ${bounds.attributesPerElement} attributes`);
    }
    if (attribute.value.length > bounds.attributeLength) limit('An attribute is too long');
  });
  parser.on('opentag', (tag: SaxesTagNS) => {
    elements += 1;
    if (elements > bounds.elements) limit(`The document has more than ${bounds.elements} elements`);
    if (open.length >= bounds.depth) limit(`Elements lie more than ${bounds.depth} deep`);
    if (tag.name.length > bounds.nameLength) limit('The name of an element is too long');
    const element: OpenElement = {
      name: tag.local,
      namespace: tag.uri,
      attributes: attributesOf(tag),
      children: [],
      text: '',
      line: parser.line,
    };
    const parent = open.at(-1);
    if (parent === undefined) root = element;
    else parent.children.push(element);
    open.push(element);
    texts.push([]);
  });
  const keep = (part: string) => {
    const parent = open.at(-1);
    if (parent !== undefined && !ATTACHED.has(parent.name)) texts.at(-1)?.push(part);
  };
  parser.on('text', keep);
  parser.on('cdata', keep);
  parser.on('closetag', () => {
    const element = open.pop();
    const parts = texts.pop();
    if (element !== undefined && parts !== undefined) element.text = parts.join('').trim();
  });
  parser.write(text).close();
  if (root === undefined) throw new Error('there is no root element');
  return root;
}

function attributesOf(tag: SaxesTagNS): Record<string, string> {
  const attributes: Record<string, string> = Object.create(null);
  for (const each of Object.values(tag.attributes))
    if (each.prefix !== 'xmlns' && each.name !== 'xmlns') attributes[each.local] = each.value.trim();
  return attributes;
}

/** What the parser says, as one clause without the place's colons. */
function plain(error: Error): string {
  const place = /^(\d+):(\d+): (.*)$/s.exec(error.message);
  const said = place === null ? error.message : `${place[3]} at line ${place[1]}, column ${place[2]}`;
  return said
    .replace(/\p{Cc}+/gu, ' ')
    .slice(0, 200)
    .replace(/\.$/, '');
}
