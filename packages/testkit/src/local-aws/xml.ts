/** XML as AWS writes it: a declaration, then one element. Text is escaped by the builder, nothing is put together by hand. */
import { parseXML } from '@aws-sdk/xml-builder';
import XMLBuilder from 'fast-xml-builder';

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

/** The elements of a document by their names, all text as it is; `undefined` when it is not well-formed. */
export function parseXml(document: string): unknown {
  try {
    return parseXML(document);
  } catch {
    // Who asked says what that means.
    return undefined;
  }
}

/** What came out of {@link parseXml} for an element that may be there several times. */
export function listOf<Item>(found: Item | readonly Item[] | undefined): readonly Item[] {
  if (found === undefined) return [];
  return Array.isArray(found) ? (found as readonly Item[]) : [found as Item];
}
