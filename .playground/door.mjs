// Stands between the Playground, which signs nothing, and a bot that checks who
// sends: it signs each activity as Microsoft's connector would, and serves the
// keys to check that with and the tokens that the bot asks for.
import crypto from 'node:crypto';
import http from 'node:http';

const kid = 'door';
const issuer = 'https://api.botframework.com';
const base64 = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Opens the door to a bot. Gives its address, and the environment by which the bot trusts it. */
export function openDoor({ port, bot, botID, tenant }) {
  const { publicKey, privateKey } = crypto.generateKeyPairSync('rsa', { modulusLength: 2048 });
  const self = `http://127.0.0.1:${port}`;

  function token(claims) {
    const now = Math.floor(Date.now() / 1000);
    const body = `${base64({ alg: 'RS256', typ: 'JWT', kid })}.${base64({ iss: issuer, nbf: now - 60, exp: now + 3600, ...claims })}`;
    return `${body}.${crypto.sign('sha256', Buffer.from(body), privateKey).toString('base64url')}`;
  }

  const answers = {
    '/openid': () => ({ issuer, jwks_uri: `${self}/keys`, id_token_signing_alg_values_supported: ['RS256'] }),
    '/keys': () => ({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256', endorsements: ['msteams'] }] }),
    '/token': () => ({ token_type: 'Bearer', expires_in: 3599, access_token: token({ aud: issuer, appid: botID }) }),
  };

  /** Hands a request on to the bot, with a token where it carries an activity. */
  async function pass(request, body) {
    const headers = { 'content-type': 'application/json' };
    if (body) headers.authorization = `Bearer ${token({ aud: botID, serviceurl: JSON.parse(body).serviceUrl })}`;
    return fetch(bot, { method: request.method, headers, body: body || undefined });
  }

  const server = http.createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const answer = answers[request.url];
    if (answer) return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer()));
    try {
      const passed = await pass(request, Buffer.concat(chunks).toString());
      response.writeHead(passed.status, { 'content-type': passed.headers.get('content-type') ?? 'text/plain' }).end(Buffer.from(await passed.arrayBuffer()));
    } catch (error) {
      response.writeHead(502).end(String(error)); // the bot is dead
    }
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve({
      endpoint: `${self}/api/messages`,
      close: () => server.close(),
      env: {
        BOT_ID: botID, BOT_PASSWORD: 'not checked here', BOT_TENANT_ID: tenant, HANDRAIL_TENANTS: tenant,
        BOT_OPENID_METADATA_URL: `${self}/openid`, BOT_TOKEN_URL: `${self}/token`,
      },
    }));
  });
}
