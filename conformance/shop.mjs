// An MCP server by the protocol's own TypeScript SDK, on a port of its own. Whoever has not the token is not served.
import { once } from 'node:events';
import http from 'node:http';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';

export const token = 'sesame-0815';

export async function open() {
  const orders = [];
  const { fetch } = createMcpHandler(() => {
    const server = new McpServer({ name: 'shop', version: '1.0.0' });
    const text = words => ({ content: [{ type: 'text', text: words }] });
    server.registerTool('find_order', {
      description: 'Finds an order.', inputSchema: z.object({ order: z.number().int() }), annotations: { readOnlyHint: true },
    }, ({ order }) => { orders.push(order); return text(`Order ${order} was sent on Monday.`); });
    server.registerTool('cancel_order', { description: 'Cancels an order.', inputSchema: z.object({ order: z.number().int() }) },
      ({ order }) => ({ ...text(`Order ${order} has left the house.`), isError: true }));
    return server;
  });
  const server = http.createServer(async (request, response) => {
    if (request.headers.authorization !== `Bearer ${token}`) { response.writeHead(401).end(); return; }
    const body = Buffer.concat(await request.toArray());
    const answer = await fetch(new Request(`http://${request.headers.host}${request.url}`, { method: request.method, headers: request.headers, body: body.length > 0 ? body : undefined }));
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    for await (const piece of answer.body ?? []) { response.write(piece); }
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${server.address().port}/mcp`, orders, close: () => server.close() };
}
