/** The fields that several calls share, with the limits of the STS API reference. */
import type { FieldRule } from './parameters.js';

const name = /^[\w+=,.@-]*$/;

export const roleArnField: FieldRule & { required: true } = { required: true, min: 20, max: 2048 };
export const sessionNameField: FieldRule & { required: true } = { required: true, min: 2, max: 64, pattern: name };
export const sourceIdentityField: FieldRule = { min: 2, max: 64, pattern: name };
export const externalIdField: FieldRule = { min: 2, max: 1224, pattern: /^[\w+=,.@:/-]*$/ };
export const serialNumberField: FieldRule = { min: 9, max: 256, pattern: /^[\w+=/:,.@-]*$/ };
export const tokenCodeField: FieldRule = { min: 6, max: 6, pattern: /^[\d]*$/, secret: true };

/** Sessions of roles, in seconds. The least is AWS's 900 only where a role says so. */
export const roleDuration = { min: 1, max: 43_200 };

/** Sessions of users and federated users, in seconds. */
export const userDuration = { min: 1, max: 129_600 };
export const defaultUserDurationSeconds = 43_200;
