/** Nested JSON as flat rows: where each value is, and the value as it was written. */

export interface Leaf {
  /** Names and places from the outside in: `serviceuser.id`, `roles[0]`. */
  path: string;
  /** A string's text, and anything else exactly as written, as numbers may be longer than a computer's. */
  value: string;
}

const TOKEN = /\s*([[\]{},:]|"(?:[^"\\]|\\.)*"|[^\s[\]{},:"]+)/y;

/** The leaves of an object, or of a list that holds objects; null for anything else. */
export function leavesOf(text: string): Leaf[] | null {
  if (!/^\s*[[{]/.test(text)) return null;
  try {
    const whole: unknown = JSON.parse(text);
    const nested = Array.isArray(whole) ? whole.some((each) => typeof each === 'object' && each !== null) : true;
    return nested ? walk(tokensOf(text)) : null;
  } catch {
    return null;
  }
}

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  for (let found = TOKEN.exec(text); found; found = TOKEN.exec(text)) tokens.push(found[1] ?? '');
  return tokens;
}

/** Goes through tokens that are known to be JSON. */
function walk(tokens: string[]): Leaf[] {
  const leaves: Leaf[] = [];
  let at = 0;

  function value(path: string): void {
    const token = tokens[at++] ?? '';
    if (token === '{') members(path);
    else if (token === '[') elements(path);
    else leaves.push({ path, value: plain(token) });
  }

  function members(path: string): void {
    if (closes('}', path)) return;
    do {
      const name = plain(tokens[at] ?? '');
      at += 2;
      value(path ? `${path}.${name}` : name);
    } while (tokens[at++] === ',');
  }

  function elements(path: string): void {
    if (closes(']', path)) return;
    let n = 0;
    do value(`${path}[${n++}]`);
    while (tokens[at++] === ',');
  }

  /** An object or a list of nothing is a leaf, but for the outermost. */
  function closes(bracket: string, path: string): boolean {
    if (tokens[at] !== bracket) return false;
    at += 1;
    if (path) leaves.push({ path, value: '' });
    return true;
  }

  value('');
  return leaves;
}

function plain(token: string): string {
  return token.startsWith('"') ? String(JSON.parse(token)) : token;
}
