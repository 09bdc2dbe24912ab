/** What a PDF reader hands over of an embedded file, as pdfjs-dist names it. */
export interface AttachedFile {
  readonly filename: string;
  readonly content: Uint8Array;
  readonly description?: string;
}

/**
 * The invoice among the files of a hybrid PDF, by the names that the standards give it, most exact first. `null` where
 * there is none: such a PDF is read as a page.
 *
 * A file under a foreign name is taken only if it is the one XML file there is, since an invoice may well have other XML
 * beside it, such as what it was ordered by. What each file means (`AFRelationship`) pdfjs-dist does not hand over, and the
 * profiles disagree about it anyway: MINIMUM and BASIC WL are `Data`, the others `Alternative` or `Source`.
 */
export function attachedInvoice(
  attachments: ReadonlyMap<string, AttachedFile> | Readonly<Record<string, AttachedFile>> | null,
): AttachedFile | null {
  if (attachments === null) return null;
  const files = attachments instanceof Map ? [...attachments.values()] : Object.values(attachments);
  for (const name of NAMES) {
    const file = files.find((each) => baseName(each.filename) === name);
    if (file !== undefined) return file;
  }
  const documents = files.filter((each) => baseName(each.filename).endsWith('.xml'));
  return documents.length === 1 ? (documents[0] ?? null) : null;
}

const NAMES = ['factur-x.xml', 'xrechnung.xml', 'zugferd-invoice.xml', 'cii-invoice.xml', 'ubl-invoice.xml'];

function baseName(name: string): string {
  return (name.split(/[\\/]/).at(-1) ?? '').trim().toLowerCase();
}
