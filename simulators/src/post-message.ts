/** A notification as it goes over the wire. */
export interface OutgoingMessage {
  headers: Record<string, string>;
  body: string;
}

export interface PostResult {
  status: number | null;
  answer: string | null;
  error: string | null;
  durationMs: number;
}

const LONGEST_ANSWER = 2000;

/** Posts once, follows no redirects, and answers what happened instead of throwing. */
export async function postMessage(
  url: string,
  message: OutgoingMessage,
  timeoutMs: number,
): Promise<PostResult> {
  const startedAt = performance.now();
  const elapsed = () => Math.round(performance.now() - startedAt);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: message.headers,
      body: message.body,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const answer = (await response.text()).slice(0, LONGEST_ANSWER);
    return { status: response.status, answer, error: null, durationMs: elapsed() };
  } catch (error) {
    return { status: null, answer: null, error: describe(error), durationMs: elapsed() };
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
