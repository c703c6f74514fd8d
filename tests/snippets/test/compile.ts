/**
 * Type-checks snippets as modules of programs. Snippets that import the same packages of ours share a program, and no
 * others do: what one of them imports makes options known to the whole program, so a snippet that forgot
 * `import '@brs/sts'` would otherwise pass. For the same reason a snippet that merges declarations is on its own.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import type { Snippet } from './extract.js';

const here = fileURLToPath(new URL('../', import.meta.url));
const ambient = join(here, 'ambient.d.ts');
const base = ts.readConfigFile(join(here, '../../tsconfig.base.json'), (path) => readFileSync(path, 'utf8')) as {
  config: { compilerOptions: Record<string, unknown> };
};
const { options } = ts.convertCompilerOptionsFromJson(
  // A snippet shows one thing: it leaves values unused and its exports' types to inference.
  {
    ...base.config.compilerOptions,
    noUnusedLocals: false,
    noUnusedParameters: false,
    isolatedDeclarations: false,
    declaration: false,
  },
  here,
);

/** The problems of each snippet: lines of the file that it stands in, and messages. */
export function check(snippets: readonly Snippet[]): Map<Snippet, string[]> {
  const problems = new Map<Snippet, string[]>();
  const parsed = new Map<string, ts.SourceFile | undefined>();
  for (const group of grouped(snippets)) checkTogether(group, problems, parsed);
  return problems;
}

function grouped(snippets: readonly Snippet[]): Snippet[][] {
  const groups = new Map<unknown, Snippet[]>();
  for (const snippet of snippets) {
    const imported = [...snippet.code.matchAll(/['"](@brs\/[\w-]+)['"]/g)].map(([, name = '']) => name);
    const key = /declare (module|global)/.test(snippet.code) ? snippet : [...new Set(imported)].sort().join();
    groups.set(key, [...(groups.get(key) ?? []), snippet]);
  }
  return [...groups.values()];
}

function checkTogether(
  group: readonly Snippet[],
  problems: Map<Snippet, string[]>,
  parsed: Map<string, ts.SourceFile | undefined>,
): void {
  // They stand, in memory, where the packages that a snippet may import are found.
  const byPath = new Map(group.map((snippet, index) => [join(here, `snippet-${index}.ts`), snippet]));
  const host = ts.createCompilerHost(options);
  const { fileExists, getSourceFile, readFile } = host;
  host.fileExists = (path) => byPath.has(path) || fileExists(path);
  host.readFile = (path) => byPath.get(path)?.code ?? readFile(path);
  host.getSourceFile = (path, languageOptions) => {
    const snippet = byPath.get(path);
    if (snippet) return ts.createSourceFile(path, snippet.code, languageOptions, true);
    if (!parsed.has(path)) parsed.set(path, getSourceFile(path, languageOptions));
    return parsed.get(path);
  };
  const program = ts.createProgram([ambient, ...byPath.keys()], options, host);
  for (const [path, snippet] of byPath) {
    const source = program.getSourceFile(path);
    const diagnostics = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    problems.set(
      snippet,
      diagnostics.map(({ file, start = 0, messageText }) => {
        const line = snippet.line + (file?.getLineAndCharacterOfPosition(start).line ?? 0);
        return `${snippet.file}:${line} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
      }),
    );
  }
}

/** What a module exports: each name, and the import that brings it. */
export function exportsOf(specifier: string): Map<string, string> {
  const path = join(here, 'exports.ts');
  const host = ts.createCompilerHost(options);
  const { getSourceFile } = host;
  host.getSourceFile = (file, languageOptions) =>
    file === path
      ? ts.createSourceFile(path, `export * from '${specifier}';`, languageOptions)
      : getSourceFile(file, languageOptions);
  const program = ts.createProgram([path], options, host);
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(path);
  const module = source && checker.getSymbolAtLocation(source);
  return new Map(
    (module ? checker.getExportsOfModule(module) : []).map((symbol) => {
      const { flags } = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
      const keyword = flags & ts.SymbolFlags.Value ? 'import' : 'import type';
      return [symbol.name, `${keyword} { ${symbol.name} } from '${specifier}';`];
    }),
  );
}
