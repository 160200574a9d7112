/** Scopes: templates with fields to fill in, and what a scope means to the provider. */
import type { PresetView } from './bindings';

const FIELD = /\{([A-Za-z0-9_]+)\}/g;

/** The fields that a template asks for, in order: `projectId` of `urn:…:{projectId}:aud`. */
export function fieldsOf(template: string): string[] {
  return [...template.matchAll(FIELD)].map((match) => match[1] ?? '');
}

/** Fills a template in; null while a field is empty or not fit for a scope. */
export function filled(template: string, values: Record<string, string>): string | null {
  let complete = true;
  const scope = template.replace(FIELD, (_, field: string) => {
    const value = (values[field] ?? '').trim();
    if (!isScope(value)) complete = false;
    return value;
  });
  return complete && isScope(scope) ? scope : null;
}

/**
 * Whether a text is one scope: printable ASCII without space, quote and backslash (RFC 6749 §3.3). Decided here as it
 * enables a button while somebody types; the core splits at whitespace and leaves the rest to the server.
 */
export function isScope(text: string): boolean {
  return /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(text);
}

/** The preset that a scope was made from; exact ones go before templates. */
export function presetOf(scope: string, presets: PresetView[]): PresetView | null {
  return (
    presets.find((preset) => preset.scope === scope) ??
    presets.find((preset) => fieldsOf(preset.scope).length > 0 && patternOf(preset.scope).test(scope)) ??
    null
  );
}

function patternOf(template: string): RegExp {
  const literal = template.split(FIELD).map((part, i) => (i % 2 === 1 ? '[^:]+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));
  return new RegExp(`^${literal.join('')}$`);
}
