import { describe, expect, it } from 'vitest';
import { endpointProblem, regionOf } from './endpoint.js';

const data = 'is the data endpoint; the credential endpoint has another prefix';
const alone = 'must be a host name alone: no scheme, port or path';
const other = 'must be <prefix>.credentials.iot.<region>.amazonaws.com, or a host of your own';

describe('endpointProblem', () => {
  it.each([
    'c2example0.credentials.iot.eu-west-1.amazonaws.com',
    'C2EXAMPLE0.credentials.iot.us-gov-west-1.amazonaws.com',
    'c2example0.credentials.iot-fips.us-east-1.amazonaws.com',
    'c2example0.credentials.iot.cn-north-1.amazonaws.com.cn',
    'credentials.example.com',
    'localhost',
    '127.0.0.1',
    'notamazonaws.com',
  ])('takes %s', (endpoint) => {
    expect(endpointProblem(endpoint)).toBeUndefined();
  });

  it.each([
    ['a2example0-ats.iot.eu-west-1.amazonaws.com', data],
    ['a2example0.iot.eu-west-1.amazonaws.com', data],
    ['a2example0-ats.iot.cn-north-1.amazonaws.com.cn', data],
    ['A2EXAMPLE0-ats.IOT.eu-west-1.amazonaws.com', data],
    ['https://c2example0.credentials.iot.eu-west-1.amazonaws.com', alone],
    ['c2example0.credentials.iot.eu-west-1.amazonaws.com:443', alone],
    ['c2example0.credentials.iot.eu-west-1.amazonaws.com/', alone],
    ['user@example.com', alone],
    ['exa mple.com', alone],
    ['-example.com', alone],
    ['example.com.', alone],
    [`${'a'.repeat(254)}`, alone],
    ['credentials.iot.eu-west-1.amazonaws.com', other],
    ['sts.amazonaws.com', other],
    ['iot.eu-west-1.amazonaws.com', data],
    ['amazonaws.com', other],
    ['c2example0.credentials.iot.eu-west-1.amazonaws.com.evil.amazonaws.com', other],
  ])('refuses %s', (endpoint, problem) => {
    expect(endpointProblem(endpoint)).toBe(problem);
  });
});

describe('regionOf', () => {
  it.each([
    ['c2example0.credentials.iot.eu-west-1.amazonaws.com', 'eu-west-1'],
    ['c2example0.credentials.iot-fips.us-gov-west-1.amazonaws.com', 'us-gov-west-1'],
    ['c2example0.credentials.iot.cn-north-1.amazonaws.com.cn', 'cn-north-1'],
    ['credentials.example.com', undefined],
  ])('%s: %s', (endpoint, region) => {
    expect(regionOf(endpoint)).toBe(region);
  });
});
