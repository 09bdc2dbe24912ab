/** One event of a stream of Server-Sent Events. */
export interface StreamEvent {
  /** `message` where the server names none. */
  readonly event: string;
  readonly data: string;
  /** What `Last-Event-ID` goes on after. */
  readonly id: string | null;
}

/**
 * Reads Server-Sent Events as they arrive.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamEvent, void, undefined> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  let fields: Fields = { event: '', data: [], id: null };
  let lastId: string | null = null;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      // What follows the last empty line is an event that was cut off: it counts as not received.
      if (done) return;
      rest += decoder.decode(value, { stream: true });
      const lines = rest.split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (line !== '') {
          readField(fields, line);
          continue;
        }
        lastId = fields.id ?? lastId;
        if (fields.data.length > 0) {
          yield { event: fields.event || 'message', data: fields.data.join('\n'), id: lastId };
        }
        fields = { event: '', data: [], id: null };
      }
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

interface Fields {
  event: string;
  data: string[];
  id: string | null;
}

function readField(fields: Fields, line: string): void {
  const colon = line.indexOf(':');
  const name = colon === -1 ? line : line.slice(0, colon);
  const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
  if (name === 'data') fields.data.push(value);
  else if (name === 'event') fields.event = value;
  else if (name === 'id' && !value.includes('\0')) fields.id = value;
}
