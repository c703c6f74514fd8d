/** When sessions that feed other programs refresh: earlier than any of those asks. */
import type { Options } from '../config/option-path.js';

/**
 * Seconds. The session shortens it to three quarters of a lifetime, and its jitter moves it later by half of what is then
 * above the mandatory window. What is handed out therefore has at least 6 minutes left of a lifetime of 15 minutes, 23 of
 * an hour, and 60 of twelve hours. Consumers ask 5 minutes before (SDK for JavaScript), 15 minutes before (botocore), 20
 * minutes before (botocore, of the instance metadata), or 60 minutes before where a set lives for 90 minutes and more.
 */
const advisoryWindowSeconds = 7200;

/** Options of a session that is served. Callers are answered from memory: nobody waits for a refresh. */
export const servedSession: Options = { deferRefresh: false, advisoryWindowSeconds, mandatoryWaitMs: 100 };
