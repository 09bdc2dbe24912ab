import { Problem } from './problem.ts';
import { readJson, unreachable } from './request.ts';

interface UploadOptions {
  readonly headers: Readonly<Record<string, string>>;
  /** How much of it has left, from 0 to 1. */
  readonly onProgress: (share: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Sends a form with files and says how far it is, which `fetch` cannot; a refusal is thrown as a `Problem`. */
export function upload<T>(path: string, body: FormData | Blob, options: UploadOptions): Promise<T> {
  const { headers, onProgress, signal } = options;
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', path);
    for (const [name, value] of Object.entries({ accept: 'application/json', ...headers }))
      request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded, total }) => onProgress(total === 0 ? 1 : loaded / total);
    request.onerror = () => reject(unreachable());
    request.onabort = () => reject(new DOMException('The upload was stopped.', 'AbortError'));
    request.onload = () => {
      const answer = readJson(request.responseText);
      const { status } = request;
      // What each path answers is declared where it is called.
      if (status >= 200 && status < 300) resolve(answer as T);
      else reject(new Problem(status, answer, request.getResponseHeader('x-request-id')));
    };
    signal?.addEventListener('abort', () => request.abort(), { once: true });
    request.send(body);
  });
}
