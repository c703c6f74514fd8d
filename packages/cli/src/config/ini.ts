/** Reads the shared AWS files with the line of each key, which the SDK's own reader does not keep. Pure. */

/** A value and where it stands. */
export interface IniValue {
  readonly value: string;
  readonly line: number;
}

/** Sections by name, as they are written: `profile prod`, `brs prod`, `default`. */
export type IniFile = ReadonlyMap<string, ReadonlyMap<string, IniValue>>;

/** Reads the text of a file. A nested block, which is indented, belongs to the key before it and is left out, as is what is no key. */
export function readIni(text: string): IniFile {
  const sections = new Map<string, Map<string, IniValue>>();
  let section: Map<string, IniValue> | undefined;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const [, header] = /^\s*\[\s*([^\]]+?)\s*\]/.exec(line) ?? [];
    if (header !== undefined) {
      const name = header.replace(/\s+/g, ' ').replaceAll(/["']/g, '');
      section = sections.get(name) ?? new Map();
      sections.set(name, section);
      continue;
    }
    const [, key, value = ''] = /^([^\s#;=][^=]*?)\s*=\s*(.*?)(?:\s+[#;].*)?\s*$/.exec(line) ?? [];
    if (section && key !== undefined) section.set(key, { value, line: index + 1 });
  }
  return sections;
}
