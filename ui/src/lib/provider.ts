/**
 * What a provider's profile says, in words and choices: groups to choose from, names of ids, the
 * audience rule. Everything follows from the profile's data.
 */
import { strings } from './strings';
import type { CredentialKind, Environment, IdKind, KeyFileFacts, KeyIdRule, Provider, ProviderId } from './types';

/** The endpoints that an environment may have, and that can be set by hand. */
export const ENDPOINTS = ['token', 'userinfo', 'introspection', 'revocation', 'jwks'] as const;
export type EndpointName = (typeof ENDPOINTS)[number];

export interface ProviderGroup {
  label: string;
  providers: Provider[];
}

/** Sorts profiles into groups: the user's own first, then by their family in the order of the profiles. */
export function grouped(providers: Provider[], own: readonly ProviderId[]): ProviderGroup[] {
  const words = strings.profiles.groups;
  const isOwn = (provider: Provider) => own.includes(provider.id);
  const built = providers.filter((each) => !isOwn(each));
  const families = [...new Set(built.map((each) => each.family).filter((family) => family !== ''))];
  return [
    { label: words.own, providers: providers.filter(isOwn) },
    ...families.map((label) => ({ label, providers: built.filter((each) => each.family === label) })),
    { label: words.others, providers: built.filter((each) => each.family === '') },
  ].filter((group) => group.providers.length > 0);
}

/** What the provider's console calls an id. */
export function idName(provider: Provider | null, kind: IdKind): string {
  return provider?.ids[kind] || strings.importing.ids[kind];
}

/** Whether a client id is something else here than the service user's id. */
export function hasClientIds(provider: Provider | null): boolean {
  return !provider?.ids.userId || provider.ids.clientId !== '';
}

/** Whether a private key signs for a client that is another than the service user, so that both ids are wanted. */
export function signsForClient(provider: Provider | null): boolean {
  const rules = JSON.stringify(provider?.privateKey ?? null);
  return rules.includes('{clientId}') && rules.includes('{userId}');
}

/** Whether a key's id is asked for before the key is in, when the core says it exactly. */
export function keyIdRule(provider: Provider | null): KeyIdRule {
  return provider?.privateKey && !provider.privateKey.keyIdClaim ? provider.privateKey.header.keyId : 'required';
}

/** Whether tokens are had from this provider with such a credential, or asked about with it. */
export function takes(provider: Provider, kind: CredentialKind): boolean {
  switch (kind) {
    case 'private-key':
      return provider.privateKey !== null;
    case 'client-secret':
      return provider.clientSecret !== null || provider.privateKey?.withClientSecret === true;
    case 'personal-token':
      return provider.readyToken !== null;
    case 'application-key':
      return true;
  }
}

/** Whether an environment has such an endpoint as far as one can tell before discovery is asked. */
export function mayHave(environment: Environment, provider: Provider | null, endpoint: EndpointName): boolean {
  return Boolean(environment.endpoints[endpoint]) || !provider || provider.discovers || provider.endpoints[endpoint] !== '';
}

/** Tells what a provider puts into the assertion's audience: `the issuer and the token endpoint`. */
export function audienceRule(provider: Provider | null): string {
  const words = strings.environment.audienceRule;
  if (provider && !provider.privateKey) return words.noAssertion;
  const parts = (provider?.privateKey?.audience ?? []).map((template) => inWords(template, provider));
  return parts.join(words.and) || words.none;
}

/** A template with its placeholders in words: alone as they are, inside a longer text in angle marks. */
function inWords(template: string, provider: Provider | null): string {
  const known: Record<string, string> = strings.environment.placeholders;
  const word = (name: string) =>
    (Object.hasOwn(known, name) ? known[name] : provider?.parameters.find((each) => each.name === name)?.label) ?? name;
  const alone = /^\{([^{}]+)\}$/.exec(template)?.[1];
  if (alone !== undefined) return word(alone);
  return template.replace(/\{([^{}]+)\}/g, (_, name: string) => `‹${word(name)}›`);
}

/** Where a new environment may start from: what a key file names. */
export interface Proposal {
  issuer: string | null;
  tokenEndpoint: string | null;
  /** Whose file it is, as far as one can tell: the profiles to start from, the likeliest first. */
  makers: ProviderId[];
}

/** Those of these key files that are of one system: of which there are most, else one whose files name an address. All where none tells its system. */
export function commonest(files: readonly KeyFileFacts[]): readonly KeyFileFacts[] {
  const systems = new Map<string, KeyFileFacts[]>();
  for (const file of files) {
    const system = file.issuer ?? file.tokenEndpoint ?? file.makers.join(' ');
    if (system) systems.set(system, [...(systems.get(system) ?? []), file]);
  }
  const namesAddress = ([file]: KeyFileFacts[]) => Number(file!.issuer !== null || file!.tokenEndpoint !== null);
  return [...systems.values()].sort((a, b) => b.length - a.length || namesAddress(b) - namesAddress(a))[0] ?? files;
}

/** What the key files of the system that most are of tell; null where none tells its system. */
export function proposalOf(files: readonly (KeyFileFacts | null)[]): Proposal | null {
  const [file] = commonest(files.filter((each) => each !== null));
  if (!file || (file.issuer ?? file.tokenEndpoint ?? file.makers[0] ?? null) === null) return null;
  return { issuer: file.issuer, tokenEndpoint: file.tokenEndpoint, makers: file.makers };
}

/** The provider whose one issuer or token endpoint is the proposed one, else the file's maker; null where none is known. */
export function proposedProvider(providers: Provider[], { issuer, tokenEndpoint, makers }: Proposal): Provider | null {
  const fixed = providers.filter((each) => each.issuerIsFixed);
  const same = (text: string, other: string | null) => text !== '' && text === other;
  return (
    fixed.find((each) => same(each.issuerExample, issuer)) ??
    fixed.find((each) => same(each.endpoints.token, tokenEndpoint)) ??
    makers.map((id) => providers.find((each) => each.id === id)).find((each) => each !== undefined) ??
    null
  );
}

/** Whether a key file tells that it is other servers' than this provider's. */
export function isForeign(file: KeyFileFacts, provider: Provider | null): boolean {
  if (!provider || file.makers.length === 0 || file.makers.includes(provider.id)) return false;
  // A profile that says nothing of key files takes any.
  return provider.keyFiles.shapes.length + provider.keyFiles.rules.length > 0;
}
