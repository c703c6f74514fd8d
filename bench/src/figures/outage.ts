/** STS answers 503 for a minute, while the set in hand is due for a refresh and still good for minutes. */
import type { Measured, RunOptions } from '../figure.js';
import { type OutageResult, outageRows, playOutage } from '../outages.js';
import { playAll, type ScenarioOptions } from '../stage.js';

export async function run(options: RunOptions): Promise<Measured> {
  return outageRows('STS 503', options, await playAll<OutageResult>(import.meta.url, options));
}

export function scenario(options: ScenarioOptions): Promise<OutageResult> {
  return playOutage(options, { service: 'sts', kind: 'error', status: 503, code: 'ServiceUnavailable' });
}
