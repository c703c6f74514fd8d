/**
 * `npm run typecheck`: checks the types of every package, and of what stands at the top. Each is a program of its own, since
 * what one declares is nothing to another; in one process they share what they have read, which is most of the work.
 */
import ts from 'typescript';
import { packageFolders, root } from './lib/workspace.mjs';

process.chdir(root);
// Nothing is kept for the next time: TypeScript would not notice that the declarations of another package have changed.
const system = { ...ts.sys, writeFile: () => {} };
const format = process.stdout.isTTY ? ts.formatDiagnosticsWithColorAndContext : ts.formatDiagnostics;
/** @type {ts.DiagnosticReporter} */
const report = (diagnostic) =>
  ts.sys.write(
    format([diagnostic], {
      getCurrentDirectory: () => root,
      getCanonicalFileName: (name) => name,
      getNewLine: () => ts.sys.newLine,
    }),
  );
const host = ts.createSolutionBuilderHost(system, undefined, report);
process.exitCode = ts.createSolutionBuilder(host, [...packageFolders(), '.'], { force: true }).build();
