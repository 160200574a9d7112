/** The environment editor's form: what was typed, and the draft built from it. */
import { ENDPOINTS, type EndpointName } from '../../lib/provider';
import { guessTier, isLoopback } from '../../lib/tier';
import type { Environment, EnvironmentDraft, NewEnvironment, ParameterView, ProgramApproval, ProviderView, ProviderId, Tier } from '../../lib/bindings';

export class EnvironmentForm {
  provider = $state<ProviderId>('');
  /** The tier as chosen; null while it is guessed from the host, or asked where the host says nothing. */
  chosenTier = $state<Tier | null>(null);
  /** What happens when a program asks for a token. */
  programs = $state<ProgramApproval>('ask');
  issuer = $state('');
  /** Whether the user chose the provider; until then, it may follow the address. */
  providerChosen = $state(false);
  /** The name as typed; null while the proposed one is used. */
  typedName = $state<string | null>(null);
  endpoints = $state<Record<EndpointName, string>>({ token: '', userinfo: '', introspection: '', revocation: '', jwks: '' });
  /** What the provider's parameters are here, by name. */
  parameters = $state<Record<string, string>>({});
  audience = $state('');
  scopes = $state('');
  ca = $state('');
  /** The heading under which lists have it. */
  group = $state('');
  /** What tokens name as their issuer, where that isn't the usual. */
  expectedIssuer = $state('');
  /** Kept as they are: the command line changes them. */
  #tokenHosts: string[] = [];
  /** Hosts that were confirmed, and for whom: another issuer or provider may name others. */
  #confirmed = $state.raw<{ of: string; hosts: string[] }>({ of: '', hosts: [] });

  name = $derived(this.typedName ?? hostOf(this.issuer));
  tier = $derived<Tier | null>(this.chosenTier ?? guessTier(hostOf(this.issuer)));
  endpointsSet = $derived(ENDPOINTS.filter((each) => this.endpoints[each].trim()).length);

  constructor(environment: Environment | null) {
    if (!environment) return;
    this.provider = environment.provider;
    this.chosenTier = environment.tier;
    this.providerChosen = true;
    this.programs = environment.programs;
    this.issuer = environment.issuer;
    this.typedName = environment.name;
    for (const each of ENDPOINTS) this.endpoints[each] = environment.endpoints[each] ?? '';
    this.audience = environment.audience.join('\n');
    this.scopes = environment.scopes.join('\n');
    this.ca = environment.caCertificate ?? '';
    this.expectedIssuer = environment.expectedIssuer ?? '';
    this.group = environment.group ?? '';
    this.#confirmed = { of: this.#whom(), hosts: [...environment.confirmedHosts] };
    this.#tokenHosts = [...environment.tokenHosts];
    this.parameters = { ...environment.parameters };
  }

  /** Starts from what key files name. */
  propose({ issuer, provider, tokenEndpoint }: NewEnvironment, providers: ProviderView[]): void {
    if (issuer) this.issuer = issuer;
    const found = providers.find((each) => each.id === provider);
    if (found) this.choose(found, null);
    this.endpoints.token = tokenEndpoint ?? '';
    // A family has several kinds of server for the same file; the address tells which.
    this.providerChosen = found !== undefined && found.family === '';
  }

  /** The provider that fits the address better than the present one; null where the user chose one, or none does. */
  better(present: ProviderView | null, providers: ProviderView[]): ProviderView | null {
    return this.providerChosen ? null : providerOf(hostOf(this.issuer), present, providers);
  }

  /** The address with plain http, where it is on this computer and typed with another scheme or none. */
  get plainHttp(): string | null {
    const typed = this.issuer.trim();
    if (!isLoopback(hostOf(typed)) || /^http:/i.test(typed)) return null;
    return `http://${typed.replace(/^[a-z]+:\/\//i, '')}`;
  }

  /** Starts from a template. An issuer that was typed stays; one that a template filled in goes. */
  choose(provider: ProviderView, before: ProviderView | null): void {
    this.provider = provider.id;
    const asked = provider.parameters.map((each) => each.name);
    // What another provider was told means nothing to this one, except under the same name.
    this.parameters = Object.fromEntries(Object.entries(this.parameters).filter(([name]) => asked.includes(name)));
    const untouched = !this.issuer.trim() || (before?.issuerIsFixed && this.issuer === before.issuerExample);
    if (untouched) this.issuer = provider.issuerIsFixed ? provider.issuerExample : '';
  }

  /** Whether a parameter lacks the value that it needs. */
  lacks(parameter: ParameterView): boolean {
    return parameter.required && !this.parameters[parameter.name]?.trim();
  }

  get confirmedHosts(): string[] {
    return this.#confirmed.of === this.#whom() ? this.#confirmed.hosts : [];
  }

  confirmHost(host: string, yes: boolean): void {
    const others = this.confirmedHosts.filter((each) => each !== host);
    this.#confirmed = { of: this.#whom(), hosts: yes ? [...others, host] : others };
  }

  #whom(): string {
    return `${this.provider} ${this.issuer.trim().replace(/\/+$/, '')}`;
  }

  /** What is sent to the core. */
  draft(): EnvironmentDraft {
    const set = (text: string) => text.trim() || null;
    return {
      name: this.name.trim(),
      provider: this.provider,
      // Nothing is saved before it is chosen; a check doesn't depend on it.
      tier: this.tier ?? 'development',
      programs: this.programs,
      group: set(this.group),
      issuer: this.issuer.trim(),
      endpoints: {
        token: set(this.endpoints.token),
        userinfo: set(this.endpoints.userinfo),
        introspection: set(this.endpoints.introspection),
        revocation: set(this.endpoints.revocation),
        jwks: set(this.endpoints.jwks),
      },
      audience: wordsOf(this.audience),
      scopes: wordsOf(this.scopes),
      caCertificate: set(this.ca),
      expectedIssuer: set(this.expectedIssuer),
      confirmedHosts: [...this.confirmedHosts],
      tokenHosts: [...this.#tokenHosts],
      parameters: Object.fromEntries(
        Object.entries(this.parameters).flatMap(([name, value]) => (value.trim() ? [[name, value.trim()]] : [])),
      ),
    };
  }

  /** What a check depends on; another text means that the last check speaks of other settings. */
  fingerprint(): string {
    const { provider, issuer, endpoints, caCertificate, parameters } = this.draft();
    return JSON.stringify([provider, issuer, endpoints, caCertificate, parameters]);
  }
}

/** The host of an issuer as far as it is typed; empty where there is none yet. */
export function hostOf(issuer: string): string {
  const typed = issuer.trim();
  if (!typed) return '';
  try {
    return new URL(typed.includes('://') ? typed : `https://${typed}`).host;
  } catch {
    return '';
  }
}

/**
 * The provider whose servers have this host's domain; on this computer, one that people run themselves in place of a
 * service on the internet. Null where the present one may be it.
 */
export function providerOf(host: string, present: ProviderView | null, providers: ProviderView[]): ProviderView | null {
  // An example domain (RFC 2606) says that each has its own.
  const domainOf = (provider: ProviderView) => {
    const domain = hostOf(provider.issuerExample).split('.').slice(-2).join('.');
    return /^example\./.test(domain) || isLoopback(domain) ? null : domain;
  };
  const has = (provider: ProviderView) => {
    const domain = domainOf(provider);
    return domain !== null && (host === domain || host.endsWith(`.${domain}`));
  };
  if (present && has(present)) return null;
  const hosted = providers.find(has);
  if (hosted || !isLoopback(host) || !present || domainOf(present) === null) return hosted ?? null;
  return providers.find((each) => each.family === present.family && domainOf(each) === null) ?? null;
}

/** Whether two texts name the same issuer; a slash at the end makes no other. */
export function sameIssuer(one: string, other: string): boolean {
  const bare = (issuer: string) => issuer.trim().replace(/\/$/, '');
  return bare(one) === bare(other);
}

/** Splits a list as people type it: by spaces and lines. Neither scopes nor audiences hold spaces. */
export function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter(Boolean);
}
