/** What stands elsewhere, in files, variables and commands, can be had. */
import { isPlainObject, isReference } from '../../config/option-path.js';
import { withOrigin } from '../../config/origin.js';
import { type Check, notApplicable, ok } from '../check.js';

export const secrets: Check = {
  name: 'secrets',
  title: 'Secrets',
  needs: ['configuration'],
  async run(patient) {
    const resolved = await patient.resolved();
    const references = countIn(resolved.options);
    try {
      await patient.values();
    } catch (error) {
      throw withOrigin(error, resolved);
    }
    if (references === 0) return notApplicable('none stands elsewhere');
    return ok(references === 1 ? 'the one that stands elsewhere is there' : `all ${references} are there`);
  },
};

/** How many values are references. */
function countIn(value: unknown): number {
  if (Array.isArray(value)) return (value as unknown[]).reduce<number>((sum, item) => sum + countIn(item), 0);
  if (!isPlainObject(value)) return 0;
  if (isReference(value)) return 1;
  return countIn(Object.values(value));
}
