/** The command that sets the clock of this machine. */
export const howToSetClock: string =
  { darwin: 'sudo sntp -sS time.apple.com', win32: 'w32tm /resync' }[process.platform as string] ??
  'timedatectl set-ntp true';
