/** XML as AWS writes it: a declaration, then one element. Text is escaped by the builder, nothing is put together by hand. */
import XMLBuilder from 'fast-xml-builder';
import { XMLParser } from 'fast-xml-parser';

/** An element's content: text, child elements by name, or several elements of one name. `undefined` leaves the element out. */
export type XmlContent = string | number | boolean | undefined | XmlElements | readonly XmlContent[];

/** Child elements by name; a name that starts with `@` is an attribute. */
export interface XmlElements {
  readonly [name: string]: XmlContent;
}

const builder = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@' });
const declaration = { '?xml': { '@version': '1.0', '@encoding': 'UTF-8' } };

/** The document with the one root element that `elements` names. */
export function toXml(elements: XmlElements): string {
  return builder.build({ ...declaration, ...elements });
}

/**
 * The elements of a document by their names, all text as it is, `#text` where it stands beside elements; those named in `lists` are arrays however many there are.
 * `undefined` when it cannot be read. What is not well-formed may come out as less than was meant.
 */
export function parseXml(document: string, lists: readonly string[]): unknown {
  const parser = new XMLParser({
    parseTagValue: false,
    trimValues: false,
    // Numeric ones are meant.
    htmlEntities: true,
    isArray: (name) => lists.includes(name),
  });
  try {
    return parser.parse(document);
  } catch {
    // Who asked says what that means.
    return undefined;
  }
}
