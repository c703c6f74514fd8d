import { RefreshableSession } from '@brs/core';
import '@acme/brs-vault';

new RefreshableSession({ method: 'vault', url: 'https://vault.example.com', rolle: 'reader', token: 'x' });
