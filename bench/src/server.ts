/** The loopback AWS in a process of its own, so that it and the load that is put on it do not share a thread. */
import { type Fault, type RequestFilter, startLocalAws } from '@brs/testkit';

const aws = await startLocalAws();

/** What the other process may call. */
const methods = {
  count: (filter: RequestFilter): number => aws.count(filter),
  clearRequests: (): void => aws.clearRequests(),
  inject: (fault: Fault): void => void aws.inject(fault),
  revokeAll: (): number => aws.revokeAll(),
  setClockOffset: (offsetMs: number): void => void (aws.clockOffsetMs = offsetMs),
};

export type ServerMethods = typeof methods;

/** One call of the other process. */
export interface ServerCall {
  readonly id: number;
  readonly method: keyof ServerMethods;
  readonly args: readonly unknown[];
}

process.on('message', ({ id, method, args }: ServerCall) => {
  const result = (methods[method] as (...args: readonly unknown[]) => unknown)(...args);
  process.send?.({ id, result });
});
process.once('disconnect', () => process.exit());
process.send?.({ endpoint: aws.endpoint, region: aws.region, baseCredentials: aws.baseCredentials });
