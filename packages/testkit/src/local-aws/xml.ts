/** XML as AWS writes it: a declaration, then one element. Text is escaped by the builder, nothing is put together by hand. */
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
