// Stands between the Playground, whose page is Alex's, and the bot, so that
// somebody else can sit at the page for a while: what is sent meanwhile is theirs.
import http from 'node:http';

/** Opens the way to a bot, on which the sender of each activity is who sits at the page. */
export function openSeat({ port, bot }) {
  let sitting;
  const server = http.createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    let body = Buffer.concat(chunks).toString() || undefined;
    if (body && sitting) {
      const { id, name, aadObjectId } = sitting;
      body = JSON.stringify({ ...JSON.parse(body), from: { id, name, aadObjectId } });
    }
    try {
      const passed = await fetch(bot, { method: request.method, headers: { 'content-type': 'application/json' }, body });
      response.writeHead(passed.status, { 'content-type': passed.headers.get('content-type') ?? 'text/plain' }).end(Buffer.from(await passed.arrayBuffer()));
    } catch (error) {
      response.writeHead(502).end(String(error)); // the bot is dead
    }
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve({
      endpoint: `http://127.0.0.1:${port}/api/messages`,
      close: () => server.close(),
      /** Has a person sit at the page until play has ended. */
      async as(person, play) {
        sitting = person;
        try {
          return await play();
        } finally {
          sitting = undefined;
        }
      },
    }));
  });
}
