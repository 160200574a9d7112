/** What a provider says of itself, for choices and fields. */
import type { Environment, IdKind, ProviderId, ProviderView } from './bindings';
import { strings } from './strings';

/** The endpoints that an environment may have, and that can be set by hand. */
export const ENDPOINTS = ['token', 'userinfo', 'introspection', 'revocation', 'jwks'] as const;
export type EndpointName = (typeof ENDPOINTS)[number];

export interface ProviderGroup {
  label: string;
  providers: ProviderView[];
}

/** Sorts profiles into groups: the user's own first, then by their family in the order of the profiles. */
export function grouped(providers: ProviderView[], own: readonly ProviderId[]): ProviderGroup[] {
  const words = strings.profiles.groups;
  const isOwn = (provider: ProviderView) => own.includes(provider.id);
  const built = providers.filter((each) => !isOwn(each));
  const families = [...new Set(built.map((each) => each.family).filter((family) => family !== ''))];
  return [
    { label: words.own, providers: providers.filter(isOwn) },
    ...families.map((label) => ({ label, providers: built.filter((each) => each.family === label) })),
    { label: words.others, providers: built.filter((each) => each.family === '') },
  ].filter((group) => group.providers.length > 0);
}

/** What the provider's console calls an id. */
export function idName(provider: ProviderView | null, kind: IdKind): string {
  return provider?.ids[kind] || strings.importing.ids[kind];
}

/** Whether an environment has such an endpoint as far as one can tell before its server is asked. */
export function mayHave(environment: Environment, provider: ProviderView | null, endpoint: EndpointName): boolean {
  return Boolean(environment.endpoints[endpoint]) || !provider || provider.endpoints.some((each) => each.endpoint === endpoint);
}
