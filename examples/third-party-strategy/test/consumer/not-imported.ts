import { RefreshableSession } from '@brs/core';

new RefreshableSession({ method: 'vault', url: 'https://vault.example.com', role: 'reader', token: 'x' });
