/** A proxy that variables name, as other programs read them. Neither Node nor the SDK follows it by itself. Pure. */
import type { Provider } from './provider.js';

/** The variable, and what to do if the proxy is needed. */
export interface UnusedProxy {
  readonly name: string;
  readonly advice: string;
}

/** `undefined` where none is named, one is used, or the host is one that is reached without. */
export function unusedProxy(
  { name: service, host, proxy, hasOwnWay }: Provider,
  env: NodeJS.ProcessEnv,
): UnusedProxy | undefined {
  const variables = ['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy', 'HTTP_PROXY', 'http_proxy'];
  const name = variables.find((variable) => env[variable]);
  const exceptions = (env.NO_PROXY ?? env.no_proxy ?? '').split(/[\s,]+/).filter(Boolean);
  const isException = exceptions.some((entry) => entry === '*' || host.endsWith(entry.replace(/^\*?\.?/, '')));
  if (!name || proxy || hasOwnWay || isException) return undefined;
  const how = service === 'AWS IoT' ? 'the option `proxy`' : '`stsClient.requestHandler` in brs.config.ts';
  return { name, advice: `${name} is set, and nothing here follows it: if the proxy is needed, give ${how}.` };
}
