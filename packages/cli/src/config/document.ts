/** Reads a configuration file, whatever its kind, and keeps where in it each option stands. */
import { dirname, extname } from 'node:path';
import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { CliError } from '../cli-error.js';

/** A file that was read. */
export interface ConfigDocument {
  readonly path: string;
  readonly value: unknown;
  /** `brs.config.yaml:7`: the file, and the line of what stands at this path, as far as it can be known. */
  locate(path: readonly (string | number)[]): string;
}

/** The names that are looked for, in this order. */
export const fileNames: string[] = ['json', 'yaml', 'yml', 'ts', 'mts', 'js', 'mjs'].map(
  (extension) => `brs.config.${extension}`,
);

/**
 * @throws CliError (usage) for a file that others may write, and for one that cannot be read or understood.
 */
export async function readDocument(path: string, text: string): Promise<ConfigDocument> {
  await refuseIfOthersMayWrite(path);
  return /\.(json|ya?ml)$/.test(extname(path)) ? readYaml(path, text) : readModule(path, text);
}

/** The file says what is run and as whom: what others may write is theirs, not the user's. */
async function refuseIfOthersMayWrite(path: string): Promise<void> {
  const uid = process.getuid?.();
  if (uid === undefined) return;
  const { mode, uid: owner } = await stat(path);
  const problem =
    owner !== uid && owner !== 0
      ? 'belongs to somebody else'
      : mode & 0o002
        ? 'can be written by everybody'
        : undefined;
  if (problem) {
    throw new CliError('usage', `${path} ${problem}, and says what is run in your name.`, {
      hint: `Look at it, and then make it yours alone: chown and chmod go-w.`,
    });
  }
}

/** JSON is YAML, and one parser knows the lines of both. */
async function readYaml(path: string, text: string): Promise<ConfigDocument> {
  const { isNode, LineCounter, parseDocument } = await import('yaml');
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const [problem] = document.errors;
  if (problem) {
    const { line } = lineCounter.linePos(problem.pos[0]);
    throw new CliError('usage', `${path}:${line} cannot be understood: ${problem.message}`);
  }
  return {
    path,
    value: document.toJS(),
    locate(wanted) {
      for (let length = wanted.length; length > 0; length--) {
        const node = document.getIn(wanted.slice(0, length), true);
        const offset = isNode(node) ? node.range?.[0] : undefined;
        if (offset !== undefined) return `${path}:${lineCounter.linePos(offset).line}`;
      }
      return path;
    },
  };
}

async function readModule(path: string, text: string): Promise<ConfigDocument> {
  const { createJiti } = await import('jiti');
  let value: unknown;
  try {
    // Where the program is installed for the whole machine, a configuration can import it all the same.
    const alias = { '@brs/cli': fileURLToPath(import.meta.resolve('@brs/cli')) };
    value = await createJiti(dirname(path), { fsCache: false, alias }).import(path, { default: true });
  } catch (error) {
    throw new CliError(
      'usage',
      `${path} cannot be run: ${error instanceof Error ? error.message : 'it threw no error'}`,
      {
        cause: error,
      },
    );
  }
  const lines = text.split('\n');
  return {
    path,
    value,
    locate(wanted) {
      // The line where the name stands as a key, if it is the only one: values of a program have no place of their own.
      const name = String(wanted.at(-1)).replace(/\W/g, '\\$&');
      const found = lines.flatMap((line, index) => (new RegExp(`\\b${name}['"]?\\s*:`).test(line) ? [index + 1] : []));
      return found.length === 1 ? `${path}:${found[0]}` : path;
    },
  };
}
