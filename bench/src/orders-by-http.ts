import type { PreparedRequest } from './load/request.ts';
import type { Stage } from './stage.ts';

/** An order of two lines that no other order of this run equals, so that none is taken for a repeat. */
export function makeOrder({ tokens, variantIds }: Stage, index: number): PreparedRequest {
  const pick = (offset: number) => variantIds[(index * 7 + offset * 13) % variantIds.length];
  return {
    method: 'POST',
    path: '/orders',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${tokens[index % tokens.length]}` },
    body: JSON.stringify({
      items: [
        { variantId: pick(0), quantity: 1 },
        { variantId: pick(1), quantity: 2 },
      ],
      shippingAddress: {
        firstName: 'Bench',
        lastName: 'Buyer',
        street1: `${index} Abacus Road`,
        city: 'Shenzhen',
        state: 'Guangdong',
        zipCode: '518000',
        country: 'CN',
      },
    }),
  };
}

/** Sends a request to the program in this process and answers the envelope's data. */
export async function inject<T>(
  { application }: Stage,
  { method, path, headers, body }: PreparedRequest,
): Promise<T> {
  const answer = await application.http.inject({
    method,
    url: path,
    headers: { ...headers },
    ...(body !== undefined && { payload: body }),
  });
  if (answer.statusCode >= 300) {
    throw new Error(`${method} ${path} was answered ${answer.statusCode}: ${answer.body}`);
  }
  return answer.json<{ data: T }>().data;
}
