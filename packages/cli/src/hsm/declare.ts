/** The commands of `brs hsm`, their flags and their help. */
import type { Command } from 'commander';
import type { Run } from '../program.js';
import { hsmFlags } from './flags.js';

type Declare = (
  name: string,
  about: string,
  load: () => Promise<{ readonly run: Run }>,
  words: string | undefined,
  parent: Command,
) => Command;

/** The functions of `commands/hsm.ts`. */
type Action = keyof typeof import('../commands/hsm.js');

export function declareHsm(hsm: Command, declare: Declare): void {
  hsm.description('list, make and certify keys in an HSM or TPM');
  const command = (
    name: string,
    about: string,
    action: Action,
    { words, takesKey = true }: CommandShape = {},
  ): Command => {
    const load = async (): Promise<{ readonly run: Run }> => ({ run: (await import('../commands/hsm.js'))[action] });
    const made = declare(name, about, load, words, hsm);
    for (const { flag, argument, about: what } of hsmFlags) {
      if (takesKey || !flag.startsWith('--key')) made.option(`${flag} <${argument}>`, what);
    }
    return made
      .option('--use-final-try', 'present the PIN also where one more wrong one locks the token')
      .option('--profile <name>', 'take all of this from the identity of a profile')
      .option('--config <file>', 'the configuration')
      .option('--verbose', 'say the causes of an error');
  };
  command('list', 'list modules, or the tokens, keys and certificates of one', 'list', { takesKey: false })
    .option('--login', 'log in, to see private keys too')
    .option('--json', 'as JSON');
  command('new-key', 'make a key pair in a token, with the label of --key', 'newKey')
    .option('--type <name>', 'ec-p256, ec-p384, rsa-2048 or rsa-3072', 'ec-p256')
    .option('--json', 'as JSON');
  command('request', 'print a certificate request for a key, signed by it', 'request')
    .option('--subject <name>', 'the name of the device, such as CN=gateway-7,O=Example')
    .option('--out <file>', 'write it to a file');
  command('import', 'put the certificate of a key beside it', 'importCertificate', { words: '<certificate...>' });
}

interface CommandShape {
  readonly words?: string;
  readonly takesKey?: boolean;
}
