/** The options make a session: the package of the method has looked at each of them. */
import { type Check, ok } from '../check.js';

export const options: Check = {
  name: 'options',
  title: 'Options',
  needs: ['certificate'],
  async run(patient) {
    await patient.session();
    const request = await patient.stsRequest();
    const method = await patient.method();
    return ok(request ? `${method}, ${request.operation}` : method);
  },
};
