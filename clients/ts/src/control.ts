/** What a server says below the session; see docs/resume.md. */
export type Control =
  | { kind: 'token'; token: string; generation: number; received: undefined }
  | { kind: 'token'; token: string; generation: number; received: number; grace: number }
  | { kind: 'refused'; refused: string; reason: string }
  | { kind: 'ack'; received: number }
  | { kind: 'ping' | 'pong'; id: number }
  | { kind: 'close'; reason: string };

/** Longer than any that makes sense. */
const MOST_LENGTH = 4096;

/** Throws what is to be told if `text` is no control message of a server. */
export function readControl(text: string): Control {
  if (text.length > MOST_LENGTH) {
    throw new Error('a control message is short');
  }
  const members: Record<string, unknown> = JSON.parse(text);
  const word = (name: string): string => {
    const value = members[name];
    if (typeof value !== 'string') {
      throw new Error(`'${name}' is a text here`);
    }
    return value;
  };
  const count = (name: string): number => {
    const value = members[name];
    if (!Number.isSafeInteger(value) || (value as number) < 0) {
      throw new Error(`'${name}' is a whole number from 0 here`);
    }
    return value as number;
  };
  const kind = Object.keys(members)[0];
  switch (kind) {
    case 'token': {
      const token = word('token');
      const generation = count('generation');
      return members['received'] === undefined
        ? { kind, token, generation, received: undefined }
        : { kind, token, generation, received: count('received'), grace: count('grace') };
    }
    case 'refused':
      return { kind, refused: word(kind), reason: word('reason') };
    case 'ack':
      return { kind, received: count(kind) };
    case 'ping':
    case 'pong':
      return { kind, id: count(kind) };
    case 'close':
      return { kind, reason: word(kind) };
    default:
      throw new Error('there is no control message of this kind');
  }
}
