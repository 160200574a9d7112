import { describe, expect, it } from 'vitest';
import { fieldsOf, filled, isScope, presetOf } from '../src/lib/scopes';

const AUDIENCE = 'urn:zitadel:iam:org:project:id:{projectId}:aud';

describe('a template', () => {
  it.each([
    [AUDIENCE, ['projectId']],
    ['openid', []],
    ['a:{x}:{y}', ['x', 'y']],
  ])('%s asks for its fields', (template, expected) => expect(fieldsOf(template)).toEqual(expected));

  it.each([
    [AUDIENCE, { projectId: ' 2214 ' }, 'urn:zitadel:iam:org:project:id:2214:aud'],
    [AUDIENCE, { projectId: '' }, null],
    [AUDIENCE, {}, null],
    [AUDIENCE, { projectId: 'two words' }, null],
    [AUDIENCE, { projectId: 'a"b' }, null],
    [AUDIENCE, { projectId: '$&' }, 'urn:zitadel:iam:org:project:id:$&:aud'],
    ['openid', {}, 'openid'],
  ])('%s with %j', (template, values, expected) => expect(filled(template, values as Record<string, string>)).toBe(expected));
});

describe('a scope is printable ASCII without space, quote and backslash (RFC 6749 §3.3)', () => {
  it.each([
    ['openid', true],
    ['urn:a:b', true],
    ['', false],
    ['a b', false],
    ['a"b', false],
    ['a\\b', false],
    ['ünïcode', false],
  ])('%j', (text, expected) => expect(isScope(text)).toBe(expected));
});

describe('a scope finds the preset that it was made from', () => {
  const presets = [AUDIENCE, 'urn:zitadel:iam:org:project:id:zitadel:aud', 'openid'].map((scope) => ({ scope, explains: scope, evidence: null }));
  it.each([
    ['urn:zitadel:iam:org:project:id:2214:aud', AUDIENCE],
    ['urn:zitadel:iam:org:project:id:zitadel:aud', 'urn:zitadel:iam:org:project:id:zitadel:aud'],
    ['openid', 'openid'],
    ['urn:zitadel:iam:org:project:id:a:b:aud', undefined],
    ['xopenid', undefined],
  ])('%s', (scope, expected) => expect(presetOf(scope, presets)?.scope).toBe(expected));
});
