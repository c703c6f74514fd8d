// The same method from CommonJS.
const { RefreshableSession } = require('@brs/core');
require('@acme/brs-vault');

const { VAULT_URL: url, VAULT_TOKEN: token } = process.env;
const session = new RefreshableSession({ method: 'vault', url, role: 'reader', token });
void session.getCredentials().then(({ accessKeyId }) => {
  console.log(JSON.stringify({ first: accessKeyId }));
  return session.close();
});
