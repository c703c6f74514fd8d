import { describe, expect, it } from 'vitest';
import { endpointRule, regionOf } from './endpoint.js';

describe('endpointRule', () => {
  it.each([
    'a1b2c3-ats.iot.eu-west-1.amazonaws.com',
    'A1B2C3-ats.iot.cn-north-1.amazonaws.com.cn',
    'data.iot-fips.us-gov-west-1.amazonaws.com',
    'a1b2c3.iot.us-east-1.amazonaws.com',
    'vpce-0a-1b.data.iot.eu-west-1.vpce.amazonaws.com',
    'mqtt.example.com',
    'localhost',
    '127.0.0.1',
    '::1',
  ])('accepts %s', (endpoint) => {
    expect(endpointRule(endpoint)).toBeUndefined();
  });

  it.each([
    ['a1b2c3.credentials.iot.eu-west-1.amazonaws.com', 'is the endpoint of the credential provider'],
    ['A1B2C3.Credentials.IoT.cn-north-1.amazonaws.com.cn', 'is the endpoint of the credential provider'],
    ['a1b2c3.jobs.iot.eu-west-1.amazonaws.com', 'is the endpoint of IoT Jobs'],
    ['iot.eu-west-1.amazonaws.com', 'is the control plane'],
    ['https://a1b2c3-ats.iot.eu-west-1.amazonaws.com', 'without scheme, port and path'],
    ['a1b2c3-ats.iot.eu-west-1.amazonaws.com:8883', 'without scheme, port and path'],
    ['a1b2c3-ats.iot.eu-west-1.amazonaws.com/mqtt', 'without scheme, port and path'],
    ['', 'without scheme, port and path'],
    ['a b', 'without scheme, port and path'],
    [undefined, 'must be a host name, got undefined'],
    [443, 'must be a host name, got number 443'],
  ])('refuses %s, and says how to find the right one', (endpoint, why) => {
    const problem = endpointRule(endpoint);
    expect(problem).toContain(why);
    expect(problem).toContain('aws iot describe-endpoint --endpoint-type iot:Data-ATS');
  });
});

describe('regionOf', () => {
  it.each([
    ['a1b2c3-ats.iot.eu-west-1.amazonaws.com', 'eu-west-1'],
    ['a1b2c3-ats.iot.us-gov-west-1.amazonaws.com', 'us-gov-west-1'],
    ['A1B2C3-ATS.IOT.CN-NORTH-1.AMAZONAWS.COM.CN', 'cn-north-1'],
    ['data.iot-fips.us-east-2.amazonaws.com', 'us-east-2'],
    ['vpce-0a-1b.data.iot.eu-west-1.vpce.amazonaws.com', 'eu-west-1'],
    ['mqtt.example.com', undefined],
    ['localhost', undefined],
    ['a.iot.eu-west-1.amazonaws.com.example.com', undefined],
  ])('finds it in %s', (endpoint, region) => {
    expect(regionOf(endpoint)).toBe(region);
  });
});
