import { describe, expect, it } from 'vitest';
import { Parameters } from './parameters.js';

const of = (form: Record<string, string>): Parameters => new Parameters(new URLSearchParams(form));

describe('Parameters', () => {
  it('reads texts, numbers and lists', () => {
    const parameters = of({
      Name: 'a',
      Count: '7',
      'Tags.member.1.Key': 'x',
      'Tags.member.2.Key': 'y',
      'Keys.member.1': 'z',
    });
    expect(parameters.text('Name', { required: true, min: 1, max: 1, pattern: /^a$/ })).toBe('a');
    expect(parameters.text('Other')).toBeUndefined();
    expect(parameters.integer('Count', { min: 7, max: 7 })).toBe(7);
    expect(parameters.integer('Other', { min: 7, max: 7 })).toBeUndefined();
    expect(parameters.list('Tags', 'Key')).toEqual(['x', 'y']);
    expect(parameters.list('Keys')).toEqual(['z']);
    expect(parameters.list('Other')).toEqual([]);
    expect(() => parameters.check()).not.toThrow();
  });

  it('says all that is wrong at once', () => {
    const parameters = of({ RoleSessionName: 'a b', DurationSeconds: '0' });
    parameters.text('RoleArn', { required: true });
    parameters.text('RoleSessionName', { required: true, max: 2, pattern: /^\w*$/ });
    parameters.integer('DurationSeconds', { min: 1, max: 9 });
    parameters.atMost('Tags', 51, 50);
    expect(() => parameters.check()).toThrow(
      [
        "5 validation errors detected: Value null at 'roleArn' failed to satisfy constraint: Member must not be null",
        "Value 'a b' at 'roleSessionName' failed to satisfy constraint: Member must have length less than or equal to 2",
        "Value 'a b' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: \\w*",
        "Value '0' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 1",
        "Value at 'tags' failed to satisfy constraint: Member must have length less than or equal to 50",
      ].join('; '),
    );
  });

  it('keeps secrets to itself', () => {
    const parameters = of({ TokenCode: '12345678' });
    parameters.text('TokenCode', { max: 6, secret: true });
    expect(() => parameters.check()).toThrow(
      "1 validation error detected: Value at 'tokenCode' failed to satisfy constraint: Member must have length less than or equal to 6",
    );
  });

  it('takes whole numbers only', () => {
    expect(() => of({ DurationSeconds: '1.5' }).integer('DurationSeconds', { min: 1, max: 9 })).toThrow(
      expect.objectContaining({ code: 'ValidationError' }),
    );
  });
});
