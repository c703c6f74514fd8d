/** Text of others, such as what a server, a certificate or a token says, without what a terminal would obey. */
export function printable(text: string): string {
  // eslint-disable-next-line no-control-regex -- that is what is looked for
  return text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ');
}
