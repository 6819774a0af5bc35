// A real provider of sign-ins for the tests: node provider.mjs <where browsers come back to>
// It prints its issuer. Whoever signs in as "x" is x@example.com; the address of "unproved…" is not checked.

import { createServer } from 'node:http';

import Provider from 'oidc-provider';

const [back] = process.argv.slice(2);
const server = createServer();

server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: 'okienko', client_secret: 'a secret of the tests', redirect_uris: [back] }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'locale'] },
    pkce: { required: () => true },
    cookies: { keys: ['a key of the tests'] },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: () => ({
        sub: id, email: `${id}@example.com`, email_verified: !id.startsWith('unproved'), name: `${id} Nowak`, locale: 'pl',
      }),
    }),
  });
  server.on('request', provider.callback());
  console.log(issuer);
});
